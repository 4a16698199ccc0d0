package deadline

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// started is a context that ends in a second or with the returned function.
func started(t *testing.T) (*Context, context.CancelFunc) {
	parent, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
	c := new(Context)
	c.Start(parent, time.Now().Add(time.Second))
	return c, cancel
}

type key struct{}

func TestEndsAtItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, cancel := started(t)
		defer cancel()
		began := time.Now()
		if err := c.Err(); err != nil {
			t.Errorf("at the start: %v", err)
		}
		<-c.Done()
		if took := time.Since(began); took != time.Second {
			t.Errorf("ended after %v", took)
		}
		if err := c.Err(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("then: %v", err)
		}
		c.Reset()
	})
}

func TestEndsWithItsParent(t *testing.T) {
	for name, armed := range map[string]bool{"armed": true, "not armed": false} {
		c, cancel := started(t)
		if armed {
			c.Done()
		}
		cancel()
		if err := c.Err(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		<-c.Done()
		c.Reset()
	}
}

func TestDeadlineIsSeenWithoutATimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, cancel := started(t)
		defer cancel()
		time.Sleep(time.Second)
		if err := c.Err(); !errors.Is(err, context.DeadlineExceeded) || c.armed != nil {
			t.Errorf("%v, armed %v", err, c.armed)
		}
		if at, ok := c.Deadline(); !ok || !at.Equal(time.Now()) {
			t.Errorf("deadline %v, %v", at, ok)
		}
		if c.Value(key{}) != "value" {
			t.Error("the parent's value is lost")
		}
	})
}

// A waiter that ends before the deadline hears of the parent without a timer;
// one that ends later, or has another kind of context, hears of everything.
func TestDoneBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, cancel := started(t)
		early := DoneBefore(c, time.Now().Add(time.Second-1))
		if c.armed != nil {
			t.Error("an early stop set the timer")
		}
		late := DoneBefore(c, time.Now().Add(time.Second))
		if c.armed == nil {
			t.Error("a late stop set no timer")
		}
		other := DoneBefore(c.parent, time.Now())
		cancel()
		<-early
		<-late
		<-other
		c.Reset()
	})
}

func TestResetEndsWhatWasArmed(t *testing.T) {
	c, cancel := started(t)
	defer cancel()
	done := c.Done()
	c.Reset()
	<-done
	c.Start(t.Context(), time.Now().Add(time.Hour))
	if err := c.Err(); err != nil {
		t.Errorf("started again: %v", err)
	}
}
