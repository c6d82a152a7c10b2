package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"perennial/command"
	"perennial/pipeline/store"
)

// TestANightThatAnErasureOvertakes erases a customer while a night is under way:
// it says run again, and leaves nothing of her.
func TestANightThatAnErasureOvertakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		nights int
		late   bool // it comes when the night is about to create its commit
	}{{0, false}, {1, false}, {0, true}, {1, true}} {
		t.Run(fmt.Sprintf("%+v", tt), func(t *testing.T) {
			cfg, end := wholeShop(t)
			env := testEnv()
			if tt.nights > 0 {
				if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end - 1}, env); err != nil {
					t.Fatal(err)
				}
			}
			st, err := openStore(cfg.Store)
			if err != nil {
				t.Fatal(err)
			}
			n, err := begin(t.Context(), cfg, NightlyOptions{AsOf: end}, env, st, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range []func(context.Context) error{n.extract, n.train, n.score, n.act} {
				if err := step(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			id := n.summary.Samples[0].CustomerID
			if tt.late {
				n.store = &overtaken{n.store, func() { mustErase(t, cfg, env, id) }}
			} else {
				mustErase(t, cfg, env, id)
			}
			err = n.publish(t.Context())
			if !errors.Is(err, errListGrown) || command.ExitCode(err) != command.ExitTry {
				t.Errorf("the night ended with %v", err)
			}
			if err := n.end(t.Context(), err); err != nil {
				t.Error(err)
			}
			if tt.nights == 0 && tt.late {
				wantErasedEverywhere(t, cfg, id)
			}
			for _, key := range tracesOf(t, openFolder(t, cfg.Store), id) {
				if !strings.Contains(key, "deltas/") {
					t.Errorf("%s holds her", key)
				}
			}
			if summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end}, env); err != nil || summary.Outcome != "published" {
				t.Errorf("the night again: %+v, %v", summary, err)
			}
		})
	}
}

// overtaken has something happen before a commit record is created.
type overtaken struct {
	store.Keeper
	happens func()
}

func (o *overtaken) Create(ctx context.Context, key string, body []byte) error {
	if happens := o.happens; happens != nil && strings.HasPrefix(key, "commits/") {
		o.happens = nil
		happens()
	}
	return o.Keeper.Create(ctx, key, body)
}
