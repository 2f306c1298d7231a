libncf_core_la_SOURCES += \
	src/plot/angle.c \
	src/plot/curves.c \
	src/plot/curves.h \
	src/plot/gnuplot.c \
	src/plot/gnuplot.h \
	src/plot/html.c \
	src/plot/html.h \
	src/plot/picture_census.c \
	src/plot/picture_script.c \
	src/plot/plot.h \
	src/plot/profile.c \
	src/plot/profile.h \
	src/plot/profile_sphere.c \
	src/plot/report.c \
	src/plot/report.h \
	src/plot/report_command.c \
	src/plot/report_parts.c \
	src/plot/saved.c \
	src/plot/saved.h \
	src/plot/script.c \
	src/plot/script.h \
	src/plot/text.c \
	src/plot/text.h \
	src/plot/training.c \
	src/plot/weights.c
