bin_PROGRAMS += ncf
ncf_SOURCES = \
	src/cli/cli.h \
	src/cli/commands.c \
	src/cli/export_command.c \
	src/cli/flow_command.c \
	src/cli/main.c \
	src/cli/options.c \
	src/cli/output.c \
	src/cli/pictures.c \
	src/cli/progress.c \
	src/cli/runs_command.c \
	src/cli/stop.c \
	src/cli/table_command.c
ncf_LDADD = libncf.la
