#ifndef LANES_H
#define LANES_H

#include <stdint.h>

// Results do not depend on the instruction set, unless a kernel says so: no fused multiply-add.
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
// The widest form that the CPU has is chosen when the program is loaded.
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif

#define LANES 8
typedef double lanes __attribute__((vector_size(8 * LANES), aligned(8)));
typedef int64_t bits __attribute__((vector_size(8 * LANES), aligned(8)));

#define LOAD(row) (*(const lanes *)(row))
#define STORE(row, value) (*(lanes *)(row) = (value))
#define MAGNITUDE(value) ((lanes)((bits)(value) & INT64_MAX))
#define SELECT(mask, yes, no) \
  ((lanes)(((bits)(mask) & (bits)(yes)) | (~(bits)(mask) & (bits)(no))))

#endif
