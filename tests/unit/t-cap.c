/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-cap.c: caps of attraction, T-CAP. */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/cap.h"

static void test_unexamined(void)
{
    ncf_cap_t cap;
    ncf__cap_init(&cap);
    int claims = ncf_is_proved(cap.verdict) || cap.tangent != 0 || arf_sgn(cap.angle) != 0;
    ncf__cap_clear(&cap);
    CHECK(!claims);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"unexamined", test_unexamined}, {NULL, NULL}};
    return ncf_test_main("cap", tests);
}
