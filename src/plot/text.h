/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* text.h: UTF-8 text for pictures and reports. */
#ifndef NCF_PLOT_TEXT_H
#define NCF_PLOT_TEXT_H

#include "../base/base.h"

#include <locale.h>

/* Between these two, numbers of this thread have a point, whatever the locale of the host. */
typedef struct {
    locale_t plain, before;
} ncf_locale_t;
void ncf__locale_enter(ncf_locale_t *locale);
void ncf__locale_leave(ncf_locale_t *locale);

/* A copy in which control characters are spaces and bytes that are not UTF-8 are "?". */
char *ncf__text_clean(const char *text);

/*
 * Breaks a text at spaces into lines of at most `width` pixels in that size; what is left
 * after `room` lines is cut with "...". Returns how many; the caller frees each.
 */
int ncf__text_wrap(char **lines, int room, const char *text, double size, double width);

#endif
