package main

// usualSlowdown is the default of the flag -slowdown. It has a file of its own
// because `assay bench-gate` replaces the file to make a commit that is slower by a
// known factor.
const usualSlowdown = 1
