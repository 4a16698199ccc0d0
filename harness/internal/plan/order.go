package plan

import "math/rand/v2"

// order returns, for each block, the cells in the order of their trials.
func order(cells, blocks int, scenario string, seed uint64) [][]int {
	var rows [][]int
	for decade := 0; len(rows) < blocks; decade++ {
		r := rand.New(rand.NewPCG(hash(seed, "order", scenario, decade, ""), uint64(decade)))
		squares := williams(cells)
		r.Shuffle(len(squares), func(i, j int) { squares[i], squares[j] = squares[j], squares[i] })
		label := r.Perm(cells)
		var drawn [][]int
		for i := 0; len(drawn) < Decade; i++ {
			square := squares[i%len(squares)]
			for _, k := range r.Perm(len(square)) {
				row := make([]int, cells)
				for p, c := range square[k] {
					row[p] = label[c]
				}
				drawn = append(drawn, row)
			}
		}
		rows = append(rows, drawn[:Decade]...)
	}
	return rows[:blocks]
}

// williams returns one Latin square of size n for even n, and a pair for odd n,
// that together hold every ordered pair of neighbours equally often.
// Source: E. J. Williams, Australian Journal of Scientific Research A 2 (1949).
func williams(n int) [][][]int {
	first := make([]int, n) // 0, n−1, 1, n−2, 2, …
	for i := range first {
		if i%2 == 0 {
			first[i] = i / 2
		} else {
			first[i] = n - 1 - i/2
		}
	}
	square := make([][]int, n)
	mirror := make([][]int, n)
	for i := range n {
		square[i] = make([]int, n)
		mirror[i] = make([]int, n)
		for p, c := range first {
			square[i][p] = (c + i) % n
			mirror[i][n-1-p] = (c + i) % n
		}
	}
	if n%2 == 0 || n == 1 {
		return [][][]int{square}
	}
	return [][][]int{square, mirror}
}
