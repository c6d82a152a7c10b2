package simulate

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"
)

func TestBlocksComeInOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := newShop(Config{Days: 5, Products: categoryCount}.withDefaults())
	next := 1
	err := inOrder(context.Background(), s, 20_500, func(b *block) error {
		if b.first != next || b.last != min(next+blockSize-1, 20_500) || len(b.truth) != b.last-b.first+1 {
			t.Errorf("block %d to %d has %d customers, want it to begin with %d", b.first, b.last, len(b.truth), next)
		}
		next = b.last + 1
		return nil
	})
	if err != nil || next != 20_501 {
		t.Errorf("ended before customer %d: %v", next, err)
	}
}

func TestAFailedWriteEndsThePress(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := newShop(Config{Days: 5, Products: categoryCount}.withDefaults())
	full := errors.New("disk full")
	written := 0
	err := inOrder(context.Background(), s, 1_000_000, func(*block) error {
		if written++; written == 3 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || written != 3 {
		t.Errorf("error is %v after %d blocks", err, written)
	}
}
