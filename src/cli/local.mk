# bin_PROGRAMS += ncf
