/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * gnuplot.h: pictures are drawn by gnuplot, run as a program. It gets one script, with all
 * data in it, as its standard input, and gives the picture on its standard output: no file
 * has a name, so that nothing is left behind whatever happens.
 */
#ifndef NCF_GNUPLOT_H
#define NCF_GNUPLOT_H

#include "../base/base.h"

/*
 * The picture that a script draws. Returns NCF_OK; NCF_EHELPER (gnuplot is not there, or
 * failed: its first line in err), NCF_ELIMIT (a stop was asked for), NCF_EIO. Owns: the
 * caller frees *bytes with ncf__free.
 */
ncf_status_t ncf__gnuplot(char **bytes, size_t *length, const char *script,
                          ncf_picture_format_t format, const volatile sig_atomic_t *stop,
                          ncf_error_t *err);

#endif
