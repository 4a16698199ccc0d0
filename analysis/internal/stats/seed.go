package stats

import (
	"encoding/binary"
	"hash/fnv"
	"math"
)

// Seed makes a seed from data. Random numbers in the analysis then follow from the
// measurements alone, and a report is the same whenever it is made.
func Seed(rows [][]float64) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for _, row := range rows {
		binary.LittleEndian.PutUint64(b[:], uint64(len(row)))
		h.Write(b[:])
		for _, v := range row {
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
			h.Write(b[:])
		}
	}
	return h.Sum64()
}
