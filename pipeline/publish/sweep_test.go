package publish

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"

	"perennial/pipeline/store"
	"perennial/pipeline/store/storetest"
)

// seeds is how many nights with many faults TestRandomFaults plays:
//
//	go test ./pipeline/publish -run RandomFaults -seeds 50000 -timeout 2h
var seeds = flag.Int("seeds", 100, "nights with random faults that TestRandomFaults plays")

// sweep plays a night over those before, with all that can go wrong, and looks at
// what is left.
type sweep struct {
	base     *storetest.Disk // where the nights before are published
	nights   [][]Score       // from commit 1 on; the last is played
	verdicts map[[sha256.Size]byte]verdict
	cases    int
}

// verdict is what a reader and a next run make of what a night left behind.
type verdict struct {
	seen uint64 // the commit that a reader finds, 0 for none
	err  error  // what is wrong
}

// sweeps returns that of the first night of a store, where directories are made,
// and that of the second.
func sweeps(t *testing.T) map[string]*sweep {
	nights := [][]Score{sampleScores(40, 1), sampleScores(41, 2)}
	first := &sweep{base: storetest.NewDisk(), nights: nights[:1], verdicts: map[[sha256.Size]byte]verdict{}}
	disk := storetest.NewDisk()
	publish(t, onDisk(t, disk), 1, nights[0])
	second := &sweep{
		base:   disk.AfterPowerCut(storetest.Cut{}), // it survives even that
		nights: nights, verdicts: map[[sha256.Size]byte]verdict{},
	}
	return map[string]*sweep{"first night": first, "second night": second}
}

// total returns how many cases there were.
func total(sweeps map[string]*sweep) (cases int) {
	for _, s := range sweeps {
		cases += s.cases
	}
	return cases
}

func onDisk(t *testing.T, disk *storetest.Disk) *store.Folder {
	t.Helper()
	f, err := store.OpenDisk(disk)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// number is that of the commit of the night that is played.
func (s *sweep) number() uint64 { return uint64(len(s.nights)) }

// night publishes the last night, or tries, under a run id of this number, and
// reports whether it was acknowledged.
func (s *sweep) night(t *testing.T, st store.Store, nonce uint64) bool {
	return tryPublish(t, st, nonce, s.nights[s.number()-1])
}

// judge counts a case and returns what is wrong with what it left: a set that is
// torn, an acknowledged one that is not there, or a next run of the same work
// that does not end with exactly one commit of it.
func (s *sweep) judge(t *testing.T, left *storetest.Disk, acknowledged bool) error {
	s.cases++
	image := left.Fingerprint()
	v, known := s.verdicts[image] // most cases leave the same few images
	if !known {
		v.seen, v.err = s.read(t, left)
		if v.err == nil {
			v.err = s.runAgain(t, left)
		}
		s.verdicts[image] = v
	}
	if v.err == nil && acknowledged && v.seen != s.number() {
		return fmt.Errorf("acknowledged, yet readers see commit %d", v.seen)
	}
	return v.err
}

// read reads the head as a CRM sync does and returns its number, 0 for a store
// without commits.
func (s *sweep) read(t *testing.T, disk *storetest.Disk) (uint64, error) {
	r, err := Head(t.Context(), onDisk(t, disk))
	if errors.Is(err, ErrNoCommit) && s.number() == 1 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if n := r.Commit.N; n > s.number() || n+1 < s.number() {
		return 0, fmt.Errorf("readers see commit %d", n)
	}
	want := s.nights[r.Commit.N-1]
	rows, err := tryReadAll(t, r)
	if err != nil {
		return 0, err
	}
	if !slices.Equal(decisions(rows), decisions(want)) {
		return 0, fmt.Errorf("commit %d is torn: %d rows", r.Commit.N, len(rows))
	}
	var eligible, published IDChecksum
	for i := range want {
		eligible.Add(want[i].CustomerID)
	}
	for i := range rows {
		published.Add(rows[i].CustomerID)
	}
	if published != eligible || r.Commit.IDs != eligible {
		return 0, fmt.Errorf("commit %d: ids %+v, its record %+v, eligible %+v", r.Commit.N, published, r.Commit.IDs, eligible)
	}
	return r.Commit.N, nil
}

// runAgain has the next process do the same work, and cuts the power after it.
func (s *sweep) runAgain(t *testing.T, left *storetest.Disk) error {
	disk := left.AfterKill()
	if !s.night(t, onDisk(t, disk), 3) {
		return fmt.Errorf("the next run failed")
	}
	n, err := s.read(t, disk.AfterPowerCut(storetest.Cut{}))
	if err == nil && n != s.number() {
		err = fmt.Errorf("after the next run and a power cut readers see commit %d, want %d", n, s.number())
	}
	return err
}

// exhaustive leaves a sweep over thousands of nights out with -short: the race
// detector makes each of them ten times slower, and they are all alike to it.
func exhaustive(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("thousands of nights (run without -short)")
	}
}

// Crash after every operation of a publish on the disk, with what was not synced
// kept, dropped or torn.
func TestACrashAfterAnyOperation(t *testing.T) {
	exhaustive(t)
	all := sweeps(t)
	for name, s := range all {
		operations := s.crashAfterEach(t, name)
		t.Logf("%s: %d operations, %d cases, %d different disks left", name, operations, s.cases, len(s.verdicts))
	}
	if total(all) < 7_000 {
		t.Errorf("%d cases, want 7000", total(all))
	}
}

// crashAfterEach returns how many operations the night has.
func (s *sweep) crashAfterEach(t *testing.T, name string) int {
	for k := 1; ; k++ {
		disk := s.base.AfterKill()
		st := onDisk(t, disk)
		begun := disk.Operations()
		disk.CrashAfter(k)
		acknowledged := s.night(t, st, 2)
		if err := s.judge(t, disk.AfterKill(), acknowledged); err != nil {
			t.Errorf("%s: killed after operation %d: %v", name, k, err)
		}
		for seed := range uint64(32) {
			for _, torn := range []float64{0, 0.5, 0.99} {
				left := disk.AfterPowerCut(storetest.SeededCut(seed, torn))
				if err := s.judge(t, left, acknowledged); err != nil {
					t.Errorf("%s: power cut after operation %d, seed %d, torn at %g: %v", name, k, seed, torn, err)
				}
			}
		}
		if done := disk.Operations() - begun; done < k {
			return done
		}
	}
}

// The negative control: a folder that does not sync its directories loses
// acknowledged sets, and the sweep notices.
func TestTheSweepNoticesDirectoriesThatAreNotSynced(t *testing.T) {
	s := sweeps(t)["second night"]
	disk := s.base.AfterKill()
	st, err := store.OpenDisk(unsyncedDirs{disk})
	if err != nil {
		t.Fatal(err)
	}
	if !s.night(t, st, 2) {
		t.Fatal("the night failed")
	}
	if err := s.judge(t, disk.AfterPowerCut(storetest.Cut{}), true); err == nil {
		t.Error("nothing was lost")
	}
}

type unsyncedDirs struct{ store.Disk }

func (u unsyncedDirs) Open(name string) (store.File, error) {
	file, err := u.Disk.Open(name)
	return neverSynced{file}, err
}

type neverSynced struct{ store.File }

func (neverSynced) Sync() error { return nil }

// Each operation of a publish fails in each way, once or from then on, until a
// clean pass: those of the store, and of the disk below it.
func TestTheNthOperationFails(t *testing.T) {
	exhaustive(t)
	all := sweeps(t)
	for name, s := range all {
		for how, plan := range map[string]func(storetest.Fault, int) func(int) storetest.Fault{"once": storetest.Once, "for good": storetest.Sticky} {
			for _, kind := range storetest.Kinds() {
				untilClean(t, func(n int) int {
					return s.underFaults(t, fmt.Sprintf("%s: operation %d: %v %s", name, n, kind, how), plan(kind, n))
				})
			}
			for _, kind := range []storetest.Fault{storetest.EIO, storetest.ENOSPC, storetest.ShortWrite} {
				untilClean(t, func(n int) int {
					return s.onFaultyDisk(t, fmt.Sprintf("%s: operation %d of the disk: %v %s", name, n, kind, how), plan(kind, n))
				})
			}
		}
		t.Logf("%s: %d cases, %d different disks left", name, s.cases, len(s.verdicts))
	}
	if total(all) < 880 {
		t.Errorf("%d cases, want 880", total(all))
	}
}

// untilClean has the n-th operation fail, for each n until a night, which
// returns how many it had, has no such operation.
func untilClean(t *testing.T, night func(n int) int) {
	t.Helper()
	n := 1
	for night(n) >= n {
		n++
	}
	if n-1 < 3*sampleBuckets {
		t.Errorf("the sweep ended after %d operations", n-1)
	}
}

// Many operations of a night fail, each with a probability of 1 to 20%.
func TestRandomFaults(t *testing.T) {
	all := sweeps(t)
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(*seeds / len(all)) {
				probability := float64(1+seed%20) / 100
				s.underFaults(t, fmt.Sprintf("seed %d, %.0f%%", seed, 100*probability), storetest.Random(seed, probability))
				s.onFaultyDisk(t, fmt.Sprintf("seed %d, %.0f%% of the disk", seed, 100*probability), storetest.Random(seed, probability))
			}
			t.Logf("%d cases, %d different disks left", s.cases, len(s.verdicts))
		})
	}
}

// underFaults plays the night in a store whose operations fail by plan, and
// returns how many it had.
func (s *sweep) underFaults(t *testing.T, name string, plan func(int) storetest.Fault) int {
	t.Helper()
	disk := s.base.AfterKill()
	st := storetest.Faults(onDisk(t, disk), plan)
	acknowledged := s.night(t, st, 2)
	if err := s.judge(t, disk, acknowledged); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return st.Operations()
}

// onFaultyDisk plays the night on a disk whose operations fail by plan, and
// returns how many it had. The power goes after it.
func (s *sweep) onFaultyDisk(t *testing.T, name string, plan func(int) storetest.Fault) int {
	t.Helper()
	disk := s.base.AfterKill()
	st := onDisk(t, disk)
	begun := disk.Operations()
	disk.Fail(func(n int) error { return plan(n).Err() })
	acknowledged := s.night(t, st, 2)
	operations := disk.Operations() - begun
	if err := s.judge(t, disk.AfterPowerCut(storetest.Cut{}), acknowledged); err != nil {
		t.Errorf("%s, then a power cut: %v", name, err)
	}
	if err := s.judge(t, disk.AfterKill(), acknowledged); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return operations
}

// The negative control: a writer that takes "exists" for a lost race, without
// reading whose it is, goes on to the next number and commits its work twice.
func TestTakingExistsForALostRaceCommitsTwice(t *testing.T) {
	st := store.NewMemory()
	set := sampleSet(st, 1)
	draft := set.stage(t, sampleScores(40, 1))
	c := set.record(draft, tip{})
	c.describe(new(tally), draft, nil)
	answersLost := storetest.Faults(st, storetest.Once(storetest.OwnWrite, 1))
	for c.N = 1; ; c.N++ {
		body, err := seal(c)
		if err != nil {
			t.Fatal(err)
		}
		if answersLost.Create(t.Context(), commitKey(c.N), body) == nil {
			break
		}
	}
	first, err := readCommit(t.Context(), st, 1)
	if err != nil {
		t.Fatal(err)
	}
	second, err := readCommit(t.Context(), st, 2)
	if err != nil || second.RunID != first.RunID {
		t.Errorf("the work is there once: commits of %v and %v, %v", first, second, err)
	}
}
