libncf_core_la_SOURCES += \
	src/study/axis.c \
	src/study/build.c \
	src/study/case.c \
	src/study/cell.c \
	src/study/notes.c \
	src/study/place.c \
	src/study/quantity.c \
	src/study/quantity.h \
	src/study/quantity_flow.c \
	src/study/quantity_parts.h \
	src/study/run.c \
	src/study/store.c \
	src/study/store.h \
	src/study/study.c \
	src/study/study.h \
	src/study/study_read.h \
	src/study/table.h \
	src/study/task.c \
	src/study/task_certify.c \
	src/study/task_enumerate.c \
	src/study/task_flow.c \
	src/study/write.h \
	src/study/write_data.c \
	src/study/write_text.c
