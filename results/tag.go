package results

import "strings"

// Parts of the latency of a request that every trial records. Servers add further
// parts with Server-Timing headers.
const (
	PartResponse = "response"  // from the intended start to the last byte; open load only
	PartService  = "service"   // from the first byte written to the last byte read
	PartLag      = "lag"       // from the intended start to the dispatch; open load only
	PartConnWait = "conn-wait" // from the dispatch to the first byte written
	// How long an answer that had come waited for the generator; in no response time.
	PartHandling  = "handling"
	PartDial      = "dial"      // within the wait of a request for which a connection was opened
	PartHandshake = "handshake" // of TLS, the same
)

// Tag is a parsed tag of an interval. It says which requests the values belong to,
// and which part of their latency they are.
type Tag struct {
	Stream  string  // empty if the scenario has only one stream
	Warmup  bool    // the requests are outside the measured window
	Part    string  // one of the parts above, or one of a server's own
	Outcome Outcome // how these requests ended
	// Target says that the values are those of one target of the stream. If it is
	// empty, they are those of all its requests.
	Target string
}

// String returns the tag as it is written in files: "api/warmup.response.ok", or
// "api/warmup.response.ok@list" for one target.
func (t Tag) String() string {
	text := PartOf(t.Part, t.Outcome)
	if t.Warmup {
		text = "warmup." + text
	}
	if t.Stream != "" {
		text = t.Stream + "/" + text
	}
	if t.Target != "" {
		text += "@" + t.Target
	}
	return text
}

// ParseTag parses a tag. It returns false if the outcome is missing or unknown; the
// other fields are filled in nevertheless.
func ParseTag(text string) (t Tag, ok bool) {
	if stream, rest, several := strings.Cut(text, "/"); several {
		t.Stream, text = stream, rest
	}
	text, t.Target, _ = strings.Cut(text, "@")
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

// PartOf returns the key in [StreamResult.Parts] of a part of the latency, for
// requests with an outcome: "service.ok".
func PartOf(part string, o Outcome) string { return part + "." + o.String() }

// Part returns the distribution of a part of the latency, for requests with an
// outcome. The distribution is empty if nothing was recorded.
func (s *StreamResult) Part(part string, o Outcome) Quantiles { return s.Parts[PartOf(part, o)] }

// HeadlinePart returns the part that stands for the latency under a load model.
// Under open load it is the response time, which a user waits for; under closed load
// it is the service time, which the server took.
func HeadlinePart(model string) string {
	if model == ModelOpen {
		return PartResponse
	}
	return PartService
}
