package launch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/process"
)

// kubectl is the user's own kubectl, with the user's own configuration of it. It is called
// with arguments, never through a shell, and is given objects by its standard input.
type kubectl struct {
	path      string
	namespace string // empty: that of the context
}

// callTime is how long a call of kubectl may take that waits for nothing but the cluster's
// answer. One that cannot be reached kubectl gives up by itself, within half of it.
const callTime = time.Minute

// kubectlError is a call that failed, with what kubectl said.
type kubectlError struct {
	args []string
	err  error
	said string
}

// Error returns what kubectl said, and how it was called.
func (e *kubectlError) Error() string {
	s := fmt.Sprintf("%s: %v", process.Quote(append([]string{"kubectl"}, e.args...)), e.err)
	if e.said != "" {
		s += "\n    " + strings.ReplaceAll(e.said, "\n", "\n    ")
	}
	return s
}

// Unwrap returns how the call failed.
func (e *kubectlError) Unwrap() error { return e.err }

// said reports whether kubectl said something that contains one of the texts.
func said(err error, texts ...string) bool {
	var k *kubectlError
	if !errors.As(err, &k) {
		return false
	}
	for _, t := range texts {
		if strings.Contains(k.said, t) {
			return true
		}
	}
	return false
}

// run calls kubectl and returns its standard output.
func (k kubectl) run(ctx context.Context, input []byte, args ...string) ([]byte, error) {
	if k.namespace != "" {
		args = append(args, "--namespace="+k.namespace)
	}
	cmd := exec.CommandContext(ctx, k.path, args...)
	var out bytes.Buffer
	log := process.NewTail()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, log
	cmd.Cancel, cmd.WaitDelay = func() error { end(cmd); return nil }, time.Second
	apart(cmd)
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return out.Bytes(), &kubectlError{args, err, strings.TrimSpace(log.String())}
	}
	return out.Bytes(), nil
}

// call is run for calls that wait for nothing but the cluster's answer.
//
// Note: kubectl has a flag --request-timeout, with which it does not find the cluster that
// it is in.
func (k kubectl) call(ctx context.Context, input []byte, args ...string) ([]byte, error) {
	return k.within(ctx, callTime, input, args...)
}

// within is run with a limit, of which the error says that it was reached.
func (k kubectl) within(ctx context.Context, most time.Duration, input []byte, args ...string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	out, err := k.run(limited, input, args...)
	var failed *kubectlError
	if ctx.Err() == nil && limited.Err() != nil && errors.As(err, &failed) {
		failed.err = fmt.Errorf("the cluster did not answer within %v: %w", most, failed.err)
	}
	return out, err
}

// get reads objects as JSON.
func (k kubectl) get(ctx context.Context, into any, args ...string) error {
	out, err := k.call(ctx, nil, append([]string{"get", "--output=json"}, args...)...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, into); err != nil {
		return &kubectlError{args, fmt.Errorf("its output cannot be read: %w", err), string(out[:min(len(out), 200)])}
	}
	return nil
}

// apply makes an object, and returns its UID.
func (k kubectl) apply(ctx context.Context, o object) (uid string, err error) {
	data, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	out, err := k.call(ctx, data, "apply", "--output=json", "--filename=-")
	if err != nil {
		return "", err
	}
	var made struct{ Metadata struct{ UID string } }
	if err := json.Unmarshal(out, &made); err != nil || made.Metadata.UID == "" {
		return "", fmt.Errorf("kubectl apply did not say what it made: %s", out[:min(len(out), 200)])
	}
	return made.Metadata.UID, nil
}
