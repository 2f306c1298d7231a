/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* random.c: xoshiro256** (Blackman and Vigna, 2018), seeded through splitmix64. */
#include "base.h"

#include <unistd.h>

static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = (*x += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

void ncf__random_init(ncf_random_t *random, uint64_t seed, uint64_t stream)
{
    uint64_t x = seed;
    uint64_t offset = splitmix64(&x) ^ stream;
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix64(&offset);
}

void ncf__random_init_entropy(ncf_random_t *random)
{
    uint64_t seed;
    if (getentropy(&seed, sizeof(seed)) != 0)
        seed = (uint64_t) (ncf__clock() * 1e9);
    ncf__random_init(random, seed, 0);
}

uint64_t ncf__random_bits(ncf_random_t *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t ncf__random_below(ncf_random_t *random, uint64_t n)
{
    NCF_REQUIRE(n > 0);
    /* Values below 2^64 mod n are rejected, so that the rest is a multiple of n. */
    uint64_t reject = (UINT64_C(0) - n) % n;
    uint64_t x;
    do {
        x = ncf__random_bits(random);
    } while (x < reject);
    return x % n;
}

double ncf__random_unit(ncf_random_t *random)
{
    return (double) (ncf__random_bits(random) >> 11) * 0x1p-53;
}
