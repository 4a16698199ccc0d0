package begin

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A file of targets as people keep them: bodies in files beside it, a token that all share,
// a URL without a path, several empty lines, and no line end at the end.
func TestTargetsWithFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("load", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"sum.json": `{"n": 1}`, filepath.Join("load", "gift.json"): "{\"to\": \"b\"}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const text = `# what the start page asks for
GET http://localhost:8080

POST http://localhost:8080/sums
X-Signature: c2ln+/4=
@sum.json


GET http://localhost:8080/me
Authorization: Bearer aa.bb.cc

POST http://localhost:8080/gifts
Authorization: Bearer aa.bb.cc
Content-Type: application/json
@./load/gift.json

GET http://localhost:8080/me
Authorization: Bearer aa.bb.cc`
	f, err := FromTargets([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	secret := Header{"Authorization", "${secret.AUTHORIZATION}"}
	want := []Request{
		{Method: "GET", Path: "/", Weight: 1},
		{Method: "POST", Path: "/sums", Headers: []Header{{"X-Signature", "c2ln+/4="}}, Body: `{"n": 1}`, Weight: 1},
		{Method: "GET", Path: "/me", Headers: []Header{secret}, Weight: 2},
		{Method: "POST", Path: "/gifts", Headers: []Header{secret, {"Content-Type", "application/json"}}, Body: "{\"to\": \"b\"}\n", Weight: 1},
	}
	if diff := cmp.Diff(want, f.Requests); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(f.Secrets) != 1 {
		t.Errorf("secrets %+v", f.Secrets)
	}
	const missing = "target 1: bad body: open none.json: no such file or directory: files of bodies are relative to the current folder, as for vegeta"
	if _, err := FromTargets([]byte("POST http://localhost/\n@none.json\n")); err == nil || err.Error() != missing {
		t.Errorf("error %v", err)
	}
}
