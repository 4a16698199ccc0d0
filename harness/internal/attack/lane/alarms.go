package lane

import "time"

// alarm wakes a client, or a step of a flow, at a moment.
type alarm struct {
	at  time.Duration
	who int32 // the number of the client, or of the step
}

// alarms is a binary heap with the earliest alarm first. It keeps its
// memory.
type alarms []alarm

// push adds an alarm.
func (h *alarms) push(a alarm) {
	*h = append(*h, a)
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if s[up].at <= s[i].at {
			break
		}
		s[up], s[i] = s[i], s[up]
		i = up
	}
}

// pop removes the earliest alarm and returns it. The heap must not be empty.
func (h *alarms) pop() alarm {
	s := *h
	first := s[0]
	last := len(s) - 1
	s[0] = s[last]
	s = s[:last]
	for i := 0; ; {
		least := i
		for down := 2*i + 1; down <= 2*i+2 && down < last; down++ {
			if s[down].at < s[least].at {
				least = down
			}
		}
		if least == i {
			break
		}
		s[least], s[i] = s[i], s[least]
		i = least
	}
	*h = s
	return first
}
