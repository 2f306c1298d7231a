libncf_core_la_SOURCES += \
	src/report/cap_report.c \
	src/report/cap_report.h \
	src/report/certify_json.c \
	src/report/certify_report.h \
	src/report/certify_table.c \
	src/report/deep_json.c \
	src/report/deep_table.c \
	src/report/info.c \
	src/report/info.h \
	src/report/info_json.c \
	src/report/info_network.c \
	src/report/info_symmetry.c \
	src/report/info_text.c \
	src/report/json.c \
	src/report/json_parts.c \
	src/report/json_parts.h \
	src/report/match_json.c \
	src/report/match_report.h \
	src/report/match_table.c \
	src/report/network_text.c \
	src/report/point_json.c \
	src/report/point_table.c \
	src/report/rank.c \
	src/report/report.h \
	src/report/table.c \
	src/report/words.c
