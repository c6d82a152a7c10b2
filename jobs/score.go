package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"perennial/features"
	"perennial/models/action"
	"perennial/models/segment"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/table"
)

// score scores every bucket, keeps the feature table in the store and the
// scored rows in the spool, and counts the shop for its segments.
func (n *night) score(ctx context.Context) error {
	defer n.stage("score")()
	if err := n.openDesk(ctx); err != nil {
		return err
	}
	what, boards, err := n.shop.recommender(ctx)
	if err != nil {
		return err
	}
	n.summary.What = boards
	sc := newScorer(n.shop, n.models, what, publish.Score{
		AsOf: int32(n.opts.AsOf), ScoredAt: n.start, RunID: n.runID,
		ModelVersion: n.models.version(), SchemaVersion: publish.SchemaVersion,
	})
	counts := make([]segment.Summary, n.desk.buckets)
	ids := make([]publish.IDChecksum, n.desk.buckets)
	err = n.shop.eachBucket(ctx, n.env.Progress.Step("score", n.desk.buckets), func(k int, bucket *history.Bucket) error {
		m, customers, err := sc.bucket(bucket)
		if err != nil {
			return err
		}
		for i := range customers {
			counts[k].Add(customers[i].Segment, &customers[i].Score)
			ids[k].Add(customers[i].Score.CustomerID)
		}
		if err := n.desk.spool.write(k, customers); err != nil {
			return err
		}
		return n.writeFeatures(k, m)
	})
	if err != nil {
		return err
	}
	var total segment.Summary
	for k := range counts {
		total.Merge(&counts[k])
		n.eligible.Merge(ids[k])
	}
	n.desk.cuts = total.Cuts()
	return nil
}

// openDesk prepares what acting needs: the policy, the previous commit and
// room for scored rows.
func (n *night) openDesk(ctx context.Context) error {
	policy, err := action.New(n.cfg.Actions)
	if err != nil {
		return configError(err)
	}
	n.desk = &desk{buckets: n.shop.extract.Buckets(), policy: policy}
	switch previous, err := publish.Head(ctx, n.store); {
	case errors.Is(err, publish.ErrNoCommit):
	case err != nil:
		return err
	default:
		n.desk.previous = previous
	}
	parent, err := n.files.Path("runs/" + n.runID)
	if err != nil {
		return err
	}
	n.desk.spool, err = newSpool(parent)
	return err
}

// writeFeatures keeps a bucket's feature table for analysts.
func (n *night) writeFeatures(k int, m *features.Matrix) (err error) {
	name, err := n.files.Path(fmt.Sprintf("features/%s/part-%05d.parquet", n.opts.AsOf, k))
	if err != nil {
		return err
	}
	t, err := featureTable(m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return t.WriteParquet(f)
}

// featureTable returns the matrix as a table with its customers.
func featureTable(m *features.Matrix) (*table.Table, error) {
	customers := make([]string, m.Rows())
	for i, id := range m.Customers {
		customers[i] = string(id)
	}
	columns := []table.Column{{Name: "customer_id", Texts: customers}}
	for j, name := range m.Names {
		columns = append(columns, table.Column{Name: name, Numbers: m.X[j]})
	}
	return table.New(columns...)
}
