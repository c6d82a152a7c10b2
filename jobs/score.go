package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"

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
	if err := n.openDesk(); err != nil {
		return err
	}
	sc, err := n.scorer(ctx)
	if err != nil {
		return err
	}
	counts := make([]segment.Summary, n.desk.buckets)
	ids := make([]publish.IDChecksum, n.desk.buckets)
	err = n.desk.each(ctx, n.env.Progress.Step("score", n.desk.buckets), func(k int) error {
		customers, err := n.scoredBucket(ctx, sc, k)
		for i := range customers {
			counts[k].Add(customers[i].Segment, &customers[i].Score)
			ids[k].Add(customers[i].Score.CustomerID)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := n.dropFeatures(ctx); err != nil {
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

// scorer returns what scores a bucket, nil when a night that was killed has scored
// them all.
func (n *night) scorer(ctx context.Context) (*scorer, error) {
	if n.spool.noted(recommendersNote, &n.summary.What) && n.allScored() {
		return nil, nil
	}
	what, boards, err := n.shop.recommender(ctx)
	if err != nil {
		return nil, err
	}
	n.summary.What = boards
	if err := n.spool.note(recommendersNote, boards); err != nil {
		return nil, err
	}
	return newScorer(n.shop, n.models, what, publish.Score{
		AsOf: int32(n.opts.AsOf), ScoredAt: n.start, RunID: n.runID,
		ModelVersion: n.models.version(), SchemaVersion: publish.SchemaVersion,
	}), nil
}

// recommendersNote is the note of who ranks products and categories.
const recommendersNote = "recommenders.json"

// scoredNote is the note of a scored bucket: its files are whole if they have
// these stamps.
type scoredNote struct {
	Customers stamp `json:"customers"`
	Features  stamp `json:"features"`
}

func scoredName(k int) string { return fmt.Sprintf("scored-%05d.json", k) }

// scored reports whether bucket k was scored before this night was killed.
func (n *night) scored(k int) bool {
	var of scoredNote
	if !n.spool.noted(scoredName(k), &of) {
		return false
	}
	return of.Features.check(n.work.path(featuresKey(n.opts.AsOf, k))) == nil && of.Customers.check(n.spool.file(k)) == nil
}

func (n *night) allScored() bool {
	for k := range n.desk.buckets {
		if !n.scored(k) {
			return false
		}
	}
	return true
}

// scoredBucket returns the scored customers of bucket k, which are in the spool
// then and their features in the store.
func (n *night) scoredBucket(ctx context.Context, sc *scorer, k int) ([]customer, error) {
	if n.resumed && (sc == nil || n.scored(k)) {
		return n.spool.read(k, wordsOfScores...)
	}
	bucket, err := n.shop.bucket(ctx, k)
	if err != nil {
		return nil, err
	}
	m, customers, err := sc.bucket(bucket)
	if err != nil {
		return nil, err
	}
	var of scoredNote
	if of.Customers, err = n.spool.write(k, customers); err != nil {
		return nil, err
	}
	if of.Features, err = n.writeFeatures(ctx, k, m); err != nil {
		return nil, err
	}
	n.env.Log.Debug("bucket scored", "bucket", k)
	return customers, n.spool.note(scoredName(k), of)
}

// openDesk prepares what acting needs: the policy, the previous commit and the
// scored rows.
func (n *night) openDesk() error {
	policy, err := action.New(n.cfg.Actions)
	if err != nil {
		return configError(err)
	}
	buckets := n.shop.extract.Buckets()
	n.desk = &desk{buckets: buckets, policy: policy, spool: n.spool, previous: n.previous, damaged: make([]error, buckets)}
	return nil
}

func featuresKey(asOf history.Day, k int) string {
	return fmt.Sprintf("features/%s/part-%05d.parquet", asOf, k)
}

// writeFeatures keeps a bucket's feature table for analysts.
func (n *night) writeFeatures(ctx context.Context, k int, m *features.Matrix) (stamp, error) {
	t, err := featureTable(m)
	if err != nil {
		return stamp{}, err
	}
	of, err := writeWhole(n.spool.dir, n.work.path(featuresKey(n.opts.AsOf, k)), t.WriteParquet)
	if err == nil && n.work.apart {
		_, err = n.work.keep(ctx, featuresKey(n.opts.AsOf, k))
	}
	return of, err
}

// dropFeatures deletes the parts that an earlier run of this day has left beside
// those of this one, because it had more buckets.
func (n *night) dropFeatures(ctx context.Context) error {
	written := map[string]bool{}
	for k := range n.shop.extract.Buckets() {
		written[featuresKey(n.opts.AsOf, k)] = true
	}
	folder := path.Dir(featuresKey(n.opts.AsOf, 0))
	for object, err := range n.store.List(ctx, folder+"/") {
		if err == nil && !written[object.Key] {
			err = n.store.Delete(ctx, object.Key)
		}
		if err != nil {
			return err
		}
	}
	if !n.work.apart {
		return nil
	}
	files, err := os.ReadDir(n.work.path(folder))
	for _, file := range files {
		if key := path.Join(folder, file.Name()); !written[key] {
			err = errors.Join(err, os.Remove(n.work.path(key)))
		}
	}
	return err
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
