package publish_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

func Example() {
	ctx := context.Background()
	st := store.NewMemory()
	night := time.Date(2026, 11, 21, 2, 15, 0, 0, time.UTC)
	day := history.DayOf(night)

	row := publish.Score{
		CustomerID: "C1", AsOf: int32(day), ScoredAt: night, ModelVersion: "churn=7",
		Eligibility: "ok", ScoreSource: "model", ChurnProbability: new(0.31), ChurnHorizonDays: 90,
		LifecycleStage: "active", Action: "none", ExperimentGroup: "policy", WouldBeAction: "none",
		PolicyVersion: "1", DecisionID: "d1",
	}
	var eligible publish.IDChecksum
	eligible.Add("C1")

	set := publish.Set{Store: st, RunID: publish.NewRunID(night, 1), Buckets: 1}
	part, err := set.WritePart(ctx, 0, []publish.Score{row})
	if err != nil {
		fmt.Println(err)
		return
	}
	draft := publish.Draft{Parts: []publish.Part{part}, AsOf: day, Eligible: eligible, IdempotencyKey: "k", CreatedAt: night}
	result, err := set.Commit(ctx, draft)
	fmt.Println("commit", result.Commit.N, err)
	_, err = set.Commit(ctx, draft)
	fmt.Println("again:", errors.Is(err, publish.ErrAlreadyPublished))

	reader, err := publish.Head(ctx, st)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := reader.Find(ctx, "C1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.CustomerID, *found.ChurnProbability, found.RunID)
	// Output:
	// commit 1 <nil>
	// again: true
	// C1 0.31 20261121t021500z-0000000000000001
}
