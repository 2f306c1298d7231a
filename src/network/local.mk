libncf_core_la_SOURCES += \
	src/network/evaluate_arb.c \
	src/network/evaluate_double.c \
	src/network/evaluate_fmpq.c \
	src/network/evaluate_midrad.c \
	src/network/evaluate_mpfr.c \
	src/network/evaluate_template.h \
	src/network/network.c \
	src/network/network.h \
	src/network/terms_template.h
