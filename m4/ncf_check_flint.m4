dnl SPDX-License-Identifier: LGPL-3.0-or-later
dnl NCF_CHECK_FLINT: finds FLINT >= 2.9. From FLINT 3 on, Arb is in -lflint; before,
dnl it is a library of its own, called arb or (Debian) flint-arb.
AC_DEFUN([NCF_CHECK_FLINT], [
  AC_CACHE_CHECK([for the FLINT release], [ncf_cv_flint_release], [
    AC_COMPUTE_INT([ncf_cv_flint_release], [__FLINT_RELEASE],
      [#include <flint/flint.h>], [ncf_cv_flint_release=0])])
  ncf_flint_release=$ncf_cv_flint_release
  AS_IF([test "$ncf_flint_release" -lt 20900],
    [AC_MSG_ERROR([FLINT 2.9 or newer is needed])])
  AC_SEARCH_LIBS([fmpz_init], [flint], [], [AC_MSG_ERROR([FLINT is missing])])
  AS_IF([test "$ncf_flint_release" -lt 30000], [
    AC_CHECK_HEADER([arb.h], [], [AC_MSG_ERROR([the headers of Arb are missing])])
    AC_SEARCH_LIBS([arb_init], [arb flint-arb], [], [AC_MSG_ERROR([Arb is missing])])])
])
