// Package synthetic says how often the gate is wrong in checks that are made of random
// numbers, so that the truth about them is known. Package rates says the same of
// recorded checks: it has the noise of a real machine, and this package has any noise,
// any number of rows and any dependence between them.
//
// Rules:
//
//   - A check is drawn from a [World], whole, with all the blocks that its last look
//     has. Its looks see the beginning of it.
//   - The verdict is [gate.Judge]'s, at the looks and levels that package looks
//     declares. A cell may also be looked at once.
//   - Beside it stands the verdict of the first version's rule on the same values
//     (first.go): two looks, of which the second replaced a regression of the first, no
//     second base and no bad starts.
//   - Every check has random numbers of its own, that depend on the name of its cell and on
//     its number alone. Checks can be made in any portions, and the sums are the same.
//   - A [Record] names the rule that it was made with, by a hash of what the rule says of
//     some fixed checks. A record of another rule is not continued, but made anew.
//   - Every rate stands beside its number of checks and its Clopper–Pearson interval.
package synthetic
