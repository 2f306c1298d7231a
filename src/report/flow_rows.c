/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_rows.c: the trajectory of a flow as CSV and as a NumPy array of little-endian doubles. */
#include "flow_report.h"

#include <string.h>

#define NPY_ALIGNMENT 64

void ncf__write_flow_csv(FILE *stream, const struct ncf_flow_run *run)
{
    slong width = run->unknowns + 4;
    fputs("time", stream);
    for (slong j = 0; j < run->unknowns; j++)
        fprintf(stream, ",w%ld", (long) j + 1);
    fputs(",loss,norm,ncf\n", stream);
    for (slong k = 0; k < run->count && !ferror(stream); k++) {
        for (slong j = 0; j < width; j++)
            fprintf(stream, "%s%.17g", j > 0 ? "," : "", run->table[k * width + j]);
        fputc('\n', stream);
    }
}

static void write_double(FILE *stream, double x)
{
    uint64_t bits;
    unsigned char bytes[8];
    memcpy(&bits, &x, sizeof(bits));
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char) (bits >> (8 * i));
    fwrite(bytes, 1, sizeof(bytes), stream);
}

void ncf__write_flow_npy(FILE *stream, const struct ncf_flow_run *run)
{
    slong width = run->unknowns + 4;
    char *header = ncf__format("{'descr': '<f8', 'fortran_order': False, 'shape': (%ld, %ld), }",
                               (long) run->count, (long) width);
    /* Version 1.0: ten bytes, then the header, which ends with a line feed at the alignment. */
    size_t length = strlen(header), start = 10 + length + 1;
    size_t padding = (NPY_ALIGNMENT - start % NPY_ALIGNMENT) % NPY_ALIGNMENT;
    size_t size = length + padding + 1;
    fwrite("\x93NUMPY\1\0", 1, 8, stream);
    fputc((int) (size & 0xff), stream);
    fputc((int) (size >> 8), stream);
    fprintf(stream, "%s%*s\n", header, (int) padding, "");
    ncf__free(header);
    for (slong k = 0; k < run->count * width && !ferror(stream); k++)
        write_double(stream, run->table[k]);
}
