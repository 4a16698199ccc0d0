package explain

// Fewest is the smallest number of blocks from which anything is concluded: with fewer
// there is no interval of 95 %.
const Fewest = 6

// level is the one-sided level of a family of rows. With six blocks, a p below it needs
// every block to agree. It is not 0.05, because a section has several families.
const level = 0.02

// leastShare is the share of a metric that a row needs to take part, in the mean of base
// and head. A function below it could not explain a difference that anybody asks about,
// and rows with two or three samples would only cost the others power.
const leastShare = 0.02

// Bounds of what is named as a cause.
const (
	// worth is the share of base's total that a difference needs to be named.
	worth = 0.01
	// mostNamed is how many causes are named.
	mostNamed = 3
	// A function that explains so much of what the best one surely explains, and so much
	// of what the largest estimate is, may be named instead of it if it is smaller.
	ofSure, ofLargest = 2.0 / 3, 0.5
	// A function is not named after others if less than this share of its difference is
	// beyond theirs: it would only be what calls them.
	ofOwn = 0.25
)

// Bounds of what points where.
const (
	// A phase or a wait is the cause if it holds so much of the growth of the service
	// time. Of a lock less is enough, because it is more exact than any phase: its profile
	// is a sample, and has nothing of the time for which the lock is held.
	halfOfService, lockOfService = 0.5, 0.25
	// CPU is not the cause if all that was named of it holds less than this share of the
	// growth of the service time while a phase holds half of it.
	littleOfService = 0.25
	// CPU is the cause all the same if what was named of it is this share of the CPU that
	// base takes: where CPUs are short, requests wait for one much longer than they use it.
	muchOfCPU = 0.10
	// Allocations are the cause of a busy collector if they grew by this share.
	moreMemory = 0.03
)
