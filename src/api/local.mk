libncf_core_la_SOURCES += \
	src/api/certificate.c \
	src/api/certify.c \
	src/api/export_system.c \
	src/api/flow_runs.c \
	src/api/picture.c \
	src/api/prove.c \
	src/api/result.c \
	src/api/result.h \
	src/api/run_flow.c \
	src/api/solve.c \
	src/api/trajectory_match.c \
	src/api/version.c
