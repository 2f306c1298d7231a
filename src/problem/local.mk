libncf_core_la_SOURCES += src/problem/problem.h
