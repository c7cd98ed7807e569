#ifndef LANES_H
#define LANES_H

#include <stdint.h>

// Results do not depend on the instruction set, unless a kernel says so: no fused multiply-add.
#pragma STDC FP_CONTRACT OFF

// A benchmark may ask for one form: -DCLONES=.
#if defined(CLONES)
#elif defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
// The widest form that the CPU has is chosen when the program is loaded; ThreadSanitizer is not yet
// there at that moment.
// Without the width, compilers split vectors of 64 bytes in two on CPUs that have them whole.
#define CLONES                                                                      \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4"),      \
                 min_vector_width(512)))
#else
#define CLONES
#endif

// What does not fit the registers is kept on the stack. Compilers decide too late that it should be
// aligned for whole vectors: without this each of those lies across two cache lines every other run.
#define ALIGN_STACK                     \
  _Alignas(64) char aligned_stack[64]; \
  __asm__ volatile("" : : "r"(aligned_stack))

#define LANES 8
typedef double lanes __attribute__((ext_vector_type(LANES)));
typedef double loose_lanes __attribute__((ext_vector_type(LANES), aligned(8)));
typedef int64_t bits __attribute__((ext_vector_type(LANES)));

// Rows that are whole cache lines, and rows that begin anywhere.
#define LOAD(row) (*(const lanes *)(row))
#define STORE(row, value) (*(lanes *)(row) = (value))
#define LOAD_LOOSE(row) (*(const loose_lanes *)(row))
#define STORE_LOOSE(row, value) (*(loose_lanes *)(row) = (value))
#define MAGNITUDE(value) ((lanes)((bits)(value) & INT64_MAX))
#define SIGNED(value, sign) ((lanes)(((bits)(sign) & INT64_MIN) | (bits)(value)))
// Per lane, as by `?:`; a comparison and its operands become one minimum or maximum.
#define SELECT(mask, yes, no) ((mask) ? (yes) : (no))

#endif
