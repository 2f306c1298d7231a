dnl SPDX-License-Identifier: LGPL-3.0-or-later
dnl NCF_CHECK_SUNDIALS: finds CVODE and ARKODE of SUNDIALS >= 6. Headers of a SUNDIALS 7 that
dnl was built for MPI include mpi.h; then MPI's flags are needed as well. From 7 on, the
dnl parts that all integrators share are in a library of their own.
AC_DEFUN([NCF_CHECK_SUNDIALS], [
  SUNDIALS_CFLAGS= SUNDIALS_LIBS=
  AC_CACHE_CHECK([for the SUNDIALS release], [ncf_cv_sundials], [
    AC_COMPUTE_INT([ncf_cv_sundials], [SUNDIALS_VERSION_MAJOR],
      [#include <sundials/sundials_config.h>], [ncf_cv_sundials=0])])
  AS_IF([test "$ncf_cv_sundials" -lt 6],
    [AC_MSG_ERROR([SUNDIALS 6 or newer is needed: run ./bootstrap, which installs it])])
  ncf_save_CFLAGS=$CFLAGS ncf_save_LIBS=$LIBS
  AC_CACHE_CHECK([whether the headers of SUNDIALS need MPI], [ncf_cv_sundials_mpi], [
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <cvode/cvode.h>]])],
      [ncf_cv_sundials_mpi=no], [ncf_cv_sundials_mpi=yes])])
  AS_IF([test $ncf_cv_sundials_mpi = no && test "$ncf_cv_sundials" -ge 7], [
    AC_COMPUTE_INT([ncf_sundials_comm], [SUNDIALS_MPI_ENABLED],
      [#include <sundials/sundials_config.h>], [ncf_sundials_comm=0])
    test "$ncf_sundials_comm" = 0 || ncf_cv_sundials_mpi=yes])
  AS_IF([test $ncf_cv_sundials_mpi = yes], [
    PKG_CHECK_MODULES([MPI], [mpi-c])
    SUNDIALS_CFLAGS=$MPI_CFLAGS
    SUNDIALS_LIBS=$MPI_LIBS])
  ncf_sundials_core=
  AS_IF([test "$ncf_cv_sundials" -ge 7], [ncf_sundials_core=-lsundials_core])
  SUNDIALS_LIBS="-lsundials_cvode -lsundials_arkode -lsundials_nvecserial $ncf_sundials_core $SUNDIALS_LIBS"
  CFLAGS="$CFLAGS $SUNDIALS_CFLAGS" LIBS="$SUNDIALS_LIBS $LIBS"
  AC_MSG_CHECKING([whether CVODE and ARKODE link])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#include <arkode/arkode_erkstep.h>
#include <cvode/cvode.h>]], [[return CVodeSetMaxNumSteps(0, 1) + ERKStepSetMaxNumSteps(0, 1);]])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([CVODE or ARKODE of SUNDIALS is missing: run ./bootstrap])])
  CFLAGS=$ncf_save_CFLAGS LIBS=$ncf_save_LIBS
  AC_SUBST([SUNDIALS_CFLAGS])
  AC_SUBST([SUNDIALS_LIBS])
])
