package perfcomment

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// github speaks to GitHub's REST interface for one repository.
type github struct {
	api        string // https://api.github.com
	repository string // OWNER/NAME
	token      string
	client     http.Client
}

// Bounds of what is read, so that a wrong answer ends.
const (
	mostAnswer = 8 << 20 // bytes
	mostPages  = 20      // of a hundred entries each
	apiTimeout = time.Minute
)

var ownerAndName = regexp.MustCompile(`^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$`)

// newGitHub checks what the environment says. Only https is accepted, since the token
// goes along; a loopback address is for tests.
func newGitHub(api, repository, token string) (*github, error) {
	u, err := url.Parse(api)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "127.0.0.1":
		return nil, fmt.Errorf("GITHUB_API_URL is %q, expected an https address", api)
	case !ownerAndName.MatchString(repository):
		return nil, fmt.Errorf("GITHUB_REPOSITORY is %q, expected OWNER/NAME", repository)
	case token == "":
		return nil, fmt.Errorf("GITHUB_TOKEN is not set: give the step the workflow's token, with pull-requests: write")
	}
	return &github{api: strings.TrimSuffix(api, "/"), repository: repository, token: token, client: http.Client{Timeout: apiTimeout}}, nil
}

// call makes one request and decodes its answer into out, unless that is nil.
func (g *github) call(ctx context.Context, method, path string, body, out any) error {
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		text = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, g.api+"/repos/"+g.repository+path, text)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("Authorization", "Bearer "+g.token)
	req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	resp, err := g.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: GitHub answers %s: %.200q", method, path, resp.Status, answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// list reads all pages of a list.
func list[T any](ctx context.Context, g *github, path string) (all []T, err error) {
	for page := 1; page <= mostPages; page++ {
		var some []T
		if err := g.call(ctx, http.MethodGet, fmt.Sprintf("%s&per_page=100&page=%d", path, page), nil, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < 100 {
			break
		}
	}
	return all, nil
}

// pullRequests returns the numbers of the open pull requests whose head is a commit.
func (g *github) pullRequests(ctx context.Context, commit string) (numbers []int, err error) {
	type pull struct {
		Number int `json:"number"`
		Head   struct {
			SHA string `json:"sha"`
		} `json:"head"`
	}
	all, err := list[pull](ctx, g, "/pulls?state=open&sort=updated&direction=desc")
	for _, p := range all {
		if p.Head.SHA == commit {
			numbers = append(numbers, p.Number)
		}
	}
	return numbers, err
}

// comment is a comment on a pull request.
type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	User struct {
		Type string `json:"type"`
	} `json:"user"`
}

// say writes a comment, or replaces the one that a bot wrote before and that begins with
// a mark. People may quote the mark: theirs stay.
func (g *github) say(ctx context.Context, number int, mark, text string) error {
	all, err := list[comment](ctx, g, fmt.Sprintf("/issues/%d/comments?sort=created", number))
	if err != nil {
		return err
	}
	body := map[string]string{"body": text}
	for _, c := range all {
		if c.User.Type == "Bot" && strings.HasPrefix(c.Body, mark) {
			if c.Body == text {
				return nil
			}
			return g.call(ctx, http.MethodPatch, fmt.Sprintf("/issues/comments/%d", c.ID), body, nil)
		}
	}
	return g.call(ctx, http.MethodPost, fmt.Sprintf("/issues/%d/comments", number), body, nil)
}
