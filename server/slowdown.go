package main

// usualSlowdown is the default of the flag -slowdown. It is alone in this file, which
// `assay bench-gate` replaces to make a commit that is slower by a known factor.
const usualSlowdown = 1
