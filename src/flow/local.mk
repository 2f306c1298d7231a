# Headers of SUNDIALS may need flags of their own.
noinst_LTLIBRARIES += libncf-flow.la
libncf_flow_la_CFLAGS = $(AM_CFLAGS) $(SUNDIALS_CFLAGS)
libncf_flow_la_SOURCES = \
	src/flow/descent.c \
	src/flow/flow.c \
	src/flow/flow.h \
	src/flow/flow_events.c \
	src/flow/flow_internal.h \
	src/flow/flow_system.c \
	src/flow/integrator.c \
	src/flow/record.c \
	src/flow/stiffness.c \
	src/flow/sundials.h \
	src/flow/taylor.c \
	src/flow/taylor.h \
	src/flow/taylor_program.c \
	src/flow/vector.c
libncf_core_la_LIBADD += libncf-flow.la
