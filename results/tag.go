package results

import "strings"

// Parts of the latency of a request, which every trial records. Servers add parts
// of their own with Server-Timing headers.
const (
	PartResponse = "response"  // from the intended start to the last byte; open load only
	PartService  = "service"   // from the dispatch to the last byte
	PartLag      = "lag"       // from the intended start to the dispatch; open load only
	PartConnWait = "conn-wait" // from the dispatch to the first byte written
	// How long an answer that had come waited for the generator; in no response time.
	PartHandling  = "handling"
	PartDial      = "dial"      // within the wait of a request for which a connection was opened
	PartHandshake = "handshake" // of TLS, the same
)

// Tag is what the tag of an interval says: which requests its values are of, and
// which part of their latency they are.
type Tag struct {
	Stream  string // empty if the scenario has one stream only
	Warmup  bool   // of requests outside the measured window
	Part    string
	Outcome Outcome
}

// String is the tag as it is written: "api/warmup.response.ok".
func (t Tag) String() string {
	text := PartOf(t.Part, t.Outcome)
	if t.Warmup {
		text = "warmup." + text
	}
	if t.Stream != "" {
		text = t.Stream + "/" + text
	}
	return text
}

// ParseTag takes a tag apart. It returns false if the tag has no outcome that is
// known; the rest is filled in all the same.
func ParseTag(text string) (t Tag, ok bool) {
	if stream, rest, several := strings.Cut(text, "/"); several {
		t.Stream, text = stream, rest
	}
	text, t.Warmup = strings.CutPrefix(text, "warmup.")
	t.Part = text
	if dot := strings.LastIndexByte(text, '.'); dot >= 0 {
		t.Part = text[:dot]
		for _, o := range AllOutcomes() {
			if o.String() == text[dot+1:] {
				t.Outcome, ok = o, true
			}
		}
	}
	return t, ok
}

// PartOf is the key of a part of the latency of the requests with an outcome, in
// [StreamResult.Parts]: "service.ok".
func PartOf(part string, o Outcome) string { return part + "." + o.String() }

// Part is a part of the latency of the requests with an outcome, with no values if
// none was recorded.
func (s *StreamResult) Part(part string, o Outcome) Quantiles { return s.Parts[PartOf(part, o)] }

// HeadlinePart is the part that stands for the latency of a load of the model: what
// a user waits for where requests come on schedule, and what the server took where
// they come from a closed loop.
func HeadlinePart(model string) string {
	if model == ModelOpen {
		return PartResponse
	}
	return PartService
}
