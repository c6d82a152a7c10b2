package erasure_test

import (
	"context"
	"fmt"

	"perennial/pipeline/erasure"
	"perennial/pipeline/store"
)

func Example() {
	ctx, st := context.Background(), store.NewMemory()
	order := erasure.Order{By: "Ada", Reason: "asked for it"}
	if _, _, err := erasure.Append(ctx, st, "", order, "c000123"); err != nil {
		fmt.Println(err)
		return
	}
	list, err := erasure.Load(ctx, st, "")
	fmt.Println(list.Erased("c000123"), list.Erased("c0001234"), err)
	// Output: true false <nil>
}
