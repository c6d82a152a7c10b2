package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/klauspost/compress/zstd"
)

// testServer returns the connection string of a PostgreSQL server to make
// schemas on, or skips the test.
func testServer(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv("PERENNIAL_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("needs a PostgreSQL server: set PERENNIAL_TEST_POSTGRES to its connection string")
	}
	return dsn
}

// sqlOn runs statements on a server and returns the first value of the last.
func sqlOn(t testing.TB, dsn string, statements ...string) string {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	value := ""
	for _, statement := range statements {
		results, err := conn.Exec(t.Context(), statement).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		if last := results[len(results)-1]; len(last.Rows) > 0 {
			value = string(last.Rows[0][0])
		}
	}
	return value
}

// schemaOn makes an empty schema for a test.
func schemaOn(t testing.TB, dsn string) string {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "_").Replace(t.Name()))
	sqlOn(t, dsn, "DROP SCHEMA IF EXISTS "+name+" CASCADE", "CREATE SCHEMA "+name)
	t.Cleanup(func() {
		conn, err := pgconn.Connect(context.Background(), dsn)
		if err == nil {
			err = errors.Join(conn.Exec(context.Background(), "DROP SCHEMA "+name+" CASCADE").Close(), conn.Close(context.Background()))
		}
		if err != nil {
			t.Error(err)
		}
	})
	return name
}

// ordersOf is a configuration whose orders are a query.
func ordersOf(dsn, sql string) Config {
	return Config{
		Timezone: "Europe/London", Currency: "GBP", Buckets: 1, MaxRejects: 1, Threads: 2, InProcess: true,
		Sources: Sources{Orders: Source{Postgres: dsn, SQL: sql}},
	}
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// atOnce does not wait between tries.
func atOnce(ctx context.Context, _ int) error { return ctx.Err() }

// pulled pulls and returns the text of the loads that the orders are read from.
func pulled(t testing.TB, c Config, asOf, dir string) []string {
	t.Helper()
	got, err := pull(t.Context(), c, day(t, asOf), dir, silent(), atOnce)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, path := range got.Sources.Orders.Files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		z.Close()
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// TestPullOfEveryKindOfValue: what a load holds of each, and that it extracts.
func TestPullOfEveryKindOfValue(t *testing.T) {
	dsn := testServer(t)
	s := schemaOn(t, dsn)
	sqlOn(t, dsn, "CREATE TABLE "+s+".o (customer_id text, order_id bigint, ordered_at timestamptz, amount numeric(20,4), channel text, blob bytea, d double precision)",
		"INSERT INTO "+s+`.o VALUES ('a "b", c', 1, '2025-07-01 12:00:00.5+02', 1234567890.1250, NULL, '\x00ff5c', 0.1),
(E'two\nlines', 2, '2025-01-01 00:00:00-05', -0.5, '', NULL, 1e300), (E'tab\tü\\', 3, '2025-03-01', 0, E'a\r\nb', ''::bytea, NULL)`)
	c := ordersOf(dsn, "SELECT * FROM "+s+".o ORDER BY order_id -- all of it\n; ")
	dir := t.TempDir()
	want := "customer_id,order_id,ordered_at,amount,channel,blob,d\n" +
		"\"a \"\"b\"\", c\",1,2025-07-01 10:00:00.5+00,1234567890.1250,,\\x00ff5c,0.1\n" +
		"\"two\nlines\",2,2025-01-01 05:00:00+00,-0.5000,\"\",,1e+300\n" +
		"tab\tü\\,3,2025-03-01 00:00:00+00,0.0000,\"a\r\nb\",\\x,\n"
	if diff := cmp.Diff([]string{want}, pulled(t, c, "2026-01-01", dir)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c, err := Pull(t.Context(), c, day(t, "2026-01-01"), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := dump(t, mustExtract(t, c, "2026-01-01"))
	for _, line := range []string{"2025-07-01 11:00:00", "= 1.234567890125e+09", "2025-01-01 05:00:00", "a \"b\", c", "two\nlines"} {
		if !strings.Contains(got, line) {
			t.Errorf("the extract has no %q:\n%s", line, got)
		}
	}
}

// TestPullByWatermark pulls three nights: everything, what is new with the
// look-back, and nothing but the look-back.
func TestPullByWatermark(t *testing.T) {
	dsn := testServer(t)
	s := schemaOn(t, dsn)
	insert := func(rows ...string) {
		sqlOn(t, dsn, "INSERT INTO "+s+".o VALUES "+strings.Join(rows, ", "))
	}
	for typ, q := range map[string]struct{ values, later, watermark string }{
		"timestamptz": {"'2025-01-01 00:00+00', '2025-03-01 10:00+00'", "'2025-03-02 00:00+00'", "2025-03-02 00:00:00+00"},
		"timestamp":   {"'2025-01-01', '2025-03-01 10:00'", "'2025-03-02'", "2025-03-02 00:00:00"},
		"date":        {"'2025-01-01', '2025-03-01'", "'2025-03-02'", "2025-03-02"},
	} {
		sqlOn(t, dsn, "DROP TABLE IF EXISTS "+s+".o", "CREATE TABLE "+s+`.o (order_id text, "up at" `+typ+")")
		old, recent, _ := strings.Cut(q.values, ", ")
		insert("('old', "+old+")", "('recent', "+recent+")", "('none', NULL)")
		c := ordersOf(dsn, "SELECT * FROM "+s+".o ORDER BY order_id")
		c.Sources.Orders.Watermark, c.Sources.Orders.Key, c.Sources.Orders.Lookback = "up at", []string{"order_id"}, Lookback{7, true}
		dir := t.TempDir()
		first := pulled(t, c, "2025-03-02", dir)
		if len(first) != 1 || strings.Count(first[0], "\n") != 4 {
			t.Errorf("%s: the first pull is %q", typ, first)
		}
		insert("('new', " + q.later + ")")
		if again := pulled(t, c, "2025-03-02", dir); !slices.Equal(again, first) {
			t.Errorf("%s: the same night pulled again: %q", typ, again)
		}
		second := pulled(t, c, "2025-03-03", dir)
		if len(second) != 2 || second[0] != first[0] || strings.Contains(second[1], "old") || strings.Count(second[1], "\n") != 4 {
			t.Errorf("%s: the second pull is %q, want header, new, none, recent", typ, second[1:])
		}
		have, err := readLoads(filepath.Join(dir, "orders"))
		if err != nil {
			t.Fatal(err)
		}
		if last := have.newest(); last.Watermark != q.watermark || last.Rows != 3 || last.Full || last.N != 2 {
			t.Errorf("%s: record %+v", typ, last)
		}
		c.Sources.Orders.SQL += " DESC"
		if other := pulled(t, c, "2025-03-03", dir); len(other) != 1 || !strings.Contains(other[0], "old") {
			t.Errorf("%s: a changed query pulled %q", typ, other)
		}
	}
}

// TestAPullBringsWholeKeys corrects one line of an old order. A load replaces what
// earlier ones had of its keys, so that the other lines must come along.
func TestAPullBringsWholeKeys(t *testing.T) {
	dsn := testServer(t)
	s := schemaOn(t, dsn)
	sqlOn(t, dsn, "CREATE TABLE "+s+`.o ("Order_ID" text, line int, at date)`,
		"INSERT INTO "+s+".o VALUES ('two lines', 1, '2025-01-01'), ('two lines', 2, '2025-01-01'), ('old', 1, '2025-01-01'), (NULL, 1, '2025-01-01'), ('new', 1, '2025-06-01')")
	c, dir := ordersOf(dsn, "SELECT * FROM "+s+".o"), t.TempDir()
	c.Sources.Orders.Watermark, c.Sources.Orders.Key, c.Sources.Orders.Lookback = "at", []string{"order_id"}, Lookback{0, true}
	pulled(t, c, "2025-06-02", dir)
	sqlOn(t, dsn, "UPDATE "+s+".o SET at = '2025-06-02' WHERE \"Order_ID\" = 'two lines' AND line = 2", "INSERT INTO "+s+".o VALUES (NULL, 2, '2025-06-02')")
	want := []string{"Order_ID,line,at", "two lines,2,2025-06-02", ",2,2025-06-02", "two lines,1,2025-01-01", ""}
	got := pulled(t, c, "2025-06-03", dir)
	if diff := cmp.Diff(want, strings.Split(got[len(got)-1], "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.PullAll = true
	if all := pulled(t, c, "2025-06-03", dir); len(all) != 1 || strings.Count(all[0], "\n") != 7 {
		t.Errorf("a pull of everything brings %q", all)
	}
	c.PullAll, c.Sources.Orders.Key = false, []string{"order_id", "line"}
	if other := pulled(t, c, "2025-06-03", dir); len(other) != 1 {
		t.Errorf("loads of another key are read too: %q", other)
	}
}

func TestPullByNumber(t *testing.T) {
	dsn := testServer(t)
	s := schemaOn(t, dsn)
	sqlOn(t, dsn, "CREATE TABLE "+s+".o (order_id bigint)", "INSERT INTO "+s+".o VALUES (9), (10)")
	c := ordersOf(dsn, "SELECT order_id FROM "+s+".o ORDER BY 1")
	c.Sources.Orders.Watermark, c.Sources.Orders.Key = "order_id", []string{"order_id"}
	dir := t.TempDir()
	pulled(t, c, "2025-03-01", dir)
	sqlOn(t, dsn, "INSERT INTO "+s+".o VALUES (11)")
	if got := pulled(t, c, "2025-03-02", dir); len(got) != 2 || got[1] != "order_id\n11\n" {
		t.Errorf("pulled %q", got)
	}
	if got := pulled(t, c, "2025-03-03", dir); len(got) != 3 || got[2] != "order_id\n" {
		t.Errorf("pulled %q", got)
	}
}

// TestPullWithoutWatermark replaces the load before.
func TestPullWithoutWatermark(t *testing.T) {
	dsn := testServer(t)
	s := schemaOn(t, dsn)
	sqlOn(t, dsn, "CREATE TABLE "+s+".o (order_id bigint)", "INSERT INTO "+s+".o VALUES (1)")
	c, dir := ordersOf(dsn, "SELECT order_id FROM "+s+".o"), t.TempDir()
	pulled(t, c, "2025-03-01", dir)
	sqlOn(t, dsn, "UPDATE "+s+".o SET order_id = 2")
	if got := pulled(t, c, "2025-03-02", dir); len(got) != 1 || got[0] != "order_id\n2\n" {
		t.Errorf("pulled %q", got)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "orders"))
	if err != nil || len(entries) != 2 {
		t.Errorf("%v is left: %v, want one load with its record", entries, err)
	}
}

func TestPullsThatCannotWork(t *testing.T) {
	dsn := testServer(t)
	s := schemaOn(t, dsn)
	sqlOn(t, dsn, "CREATE TABLE "+s+".o (order_id text, at timestamptz)", "INSERT INTO "+s+".o VALUES ('x', now())",
		"DROP ROLE IF EXISTS perennial_locked", "CREATE ROLE perennial_locked LOGIN")
	defer sqlOn(t, dsn, "DROP ROLE perennial_locked")
	select1 := "SELECT * FROM " + s + ".o"
	for name, tt := range map[string]struct {
		change func(*Config)
		kind   error // nil: of no kind
		want   string
	}{
		"missing table":  {func(c *Config) { c.Sources.Orders.SQL = "SELECT * FROM nowhere" }, ErrConfig, `extract: orders: postgres: relation "nowhere" does not exist (check sql`},
		"missing column": {func(c *Config) { c.Sources.Orders.SQL = "SELECT x FROM " + s + ".o" }, ErrConfig, `column "x" does not exist`},
		"two statements": {func(c *Config) {
			c.Sources.Orders.SQL = "SELECT 1) q; COMMIT; DROP TABLE " + s + ".o; SELECT * FROM (SELECT 1"
		}, ErrConfig, "cannot insert multiple commands"},
		"a writing query": {func(c *Config) { c.Sources.Orders.SQL = "SELECT setval(pg_get_serial_sequence('x', 'y'), 1)" }, ErrConfig, "does not exist"},
		"may not read":    {func(c *Config) { c.Sources.Orders.Postgres = dsn + " user=perennial_locked" }, ErrConfig, "permission denied"},
		"no such database": {func(c *Config) { c.Sources.Orders.Postgres = dsn + " dbname=nowhere" }, ErrConfig,
			`database "nowhere" does not exist (check the database`},
		"no such user":   {func(c *Config) { c.Sources.Orders.Postgres = dsn + " user=nobody_at_all" }, ErrConfig, "(check user and password"},
		"no connection":  {func(c *Config) { c.Sources.Orders.Postgres = "not a dsn canary" }, ErrConfig, "not a connection string (write postgres://"},
		"not a number":   {func(c *Config) { c.Sources.Orders.SQL = "SELECT order_id::int FROM " + s + ".o" }, ErrBadData, "invalid input syntax"},
		"key":            {func(c *Config) { c.Sources.Orders.Key, c.Sources.Orders.Watermark = []string{"product_id"}, "at" }, ErrConfig, `key: product_id is no column of sql (there are order_id, at)`},
		"watermark":      {func(c *Config) { c.Sources.Orders.Watermark = "nothing" }, ErrConfig, `watermark "nothing" is no column of sql (there are order_id, at)`},
		"watermark text": {func(c *Config) { c.Sources.Orders.Watermark = "order_id" }, ErrConfig, "neither a time nor a whole number"},
		"timeout": {func(c *Config) {
			c.Postgres.StatementTimeout = 50 * time.Millisecond
			c.Sources.Orders.SQL = "SELECT pg_sleep(60)::text AS order_id"
		}, nil, "canceling statement due to statement timeout (raise statement_timeout under postgres, now 50ms"},
	} {
		c := ordersOf(dsn, select1)
		c.Sources.Orders.Key = []string{"order_id"}
		tt.change(&c)
		dir := t.TempDir()
		_, err := pull(t.Context(), c, day(t, "2026-01-01"), dir, silent(), atOnce)
		if tt.kind != nil {
			wantError(t, err, tt.kind, tt.want)
		} else if err == nil || errors.Is(err, ErrConfig) || errors.Is(err, ErrBadData) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v shows the connection string", name, err)
		}
		if entries, _ := os.ReadDir(filepath.Join(dir, "orders")); len(entries) > 0 {
			t.Errorf("%s left %v", name, entries)
		}
	}
	if n := sqlOn(t, dsn, "SELECT count(*) FROM "+s+".o"); n != "1" {
		t.Errorf("the table has %s rows, want 1", n)
	}
}

// TestPullOfAnUnreachableServer gives up after its tries, without the password.
func TestPullOfAnUnreachableServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close() // nobody answers there now
	c := ordersOf("postgres://shop:canary@"+address+"/d", "SELECT 1")
	c.Postgres.Tries = 3
	tries := 0
	_, err = pull(t.Context(), c, day(t, "2026-01-01"), t.TempDir(), silent(), func(context.Context, int) error { tries++; return nil })
	if err == nil || !errors.Is(err, errConnection) || !strings.Contains(err.Error(), "gave up after 3 tries") || tries != 2 {
		t.Errorf("after %d waits: %v", tries, err)
	}
	for _, kind := range []error{ErrConfig, ErrBadData, ErrMissing} {
		if errors.Is(err, kind) {
			t.Errorf("%v is %v", err, kind)
		}
	}
	if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q", err)
	}
}

// TestPullBeginsAgain has the server end the connection in the middle of a COPY,
// and pulls the whole table in the next try.
func TestPullBeginsAgain(t *testing.T) {
	dsn := testServer(t)
	s := schemaOn(t, dsn)
	sqlOn(t, dsn, "CREATE TABLE "+s+".o AS SELECT i AS order_id, repeat('x', 200) AS channel FROM generate_series(1, 100000) i")
	c, dir := ordersOf(dsn, "SELECT * FROM "+s+".o"), t.TempDir()
	p := &cutter{t: t, after: 1 << 20}
	c.Sources.Orders.Postgres = p.listen(dsn)
	got := pulled(t, c, "2026-01-01", dir)
	if n := strings.Count(got[0], "\n"); n != 100_001 || p.connections.Load() < 2 {
		t.Errorf("%d lines by %d connections, want 100001 by another than the first", n, p.connections.Load())
	}
	if halves, _ := filepath.Glob(filepath.Join(dir, "orders", halfLoad+"*")); len(halves) > 0 {
		t.Errorf("%v is left", halves)
	}
}

// TestPullFromAServerOfItsOwn does to a server what others would mind.
func TestPullFromAServerOfItsOwn(t *testing.T) {
	own := startServer(t, testServer(t))
	t.Run("wrong password", func(t *testing.T) {
		sqlOn(t, own.dsn, "CREATE ROLE guarded LOGIN PASSWORD 'right'")
		c := ordersOf(strings.Replace(own.dsn, "user=perennial", "user=guarded", 1)+" password=canary", "SELECT 1 AS order_id")
		_, err := pull(t.Context(), c, day(t, "2026-01-01"), t.TempDir(), silent(), atOnce)
		wantError(t, err, ErrConfig, `extract: orders: postgres: password authentication failed for user "guarded" (check user and password`)
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%v shows the password", err)
		}
	})
	t.Run("killed in the middle of a COPY and started again", func(t *testing.T) {
		sqlOn(t, own.dsn, "CREATE TABLE o AS SELECT i AS order_id, repeat('x', 200) AS channel FROM generate_series(1, 100000) i")
		c, dir := ordersOf(own.dsn, "SELECT * FROM o"), t.TempDir()
		p := &cutter{t: t, after: 1 << 20, cut: own.kill}
		c.Sources.Orders.Postgres = p.listen(own.dsn)
		restarts := 0
		got, err := pull(t.Context(), c, day(t, "2026-01-01"), dir, silent(), func(context.Context, int) error {
			restarts++
			own.start()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(pulled(t, c, "2026-01-01", dir)[0], "\n"); n != 100_001 || restarts != 1 || len(got.Sources.Orders.Files) != 1 {
			t.Errorf("%d lines after %d restarts", n, restarts)
		}
	})
}

// ownServer is a cluster that a test may kill.
type ownServer struct {
	t             testing.TB
	bin, dir, dsn string
	user          *syscall.Credential
}

// startServer makes a cluster with the programs of the server at dsn.
func startServer(t testing.TB, dsn string) *ownServer {
	data := sqlOn(t, dsn, "SHOW data_directory")
	command, err := os.ReadFile(filepath.Join(data, "postmaster.opts"))
	if err != nil {
		t.Skip("needs the server's files on this machine:", err)
	}
	info, err := os.Stat(data)
	if err != nil {
		t.Fatal(err)
	}
	program, _, _ := strings.Cut(string(command), " ")
	o := &ownServer{t: t, bin: filepath.Dir(program)}
	if o.dir, err = os.MkdirTemp("", "perennial-pg-"); err != nil { // sockets have short names
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(o.dir) })
	if owner := info.Sys().(*syscall.Stat_t); int(owner.Uid) != os.Getuid() {
		o.user = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
		if err := os.Chown(o.dir, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Skip("needs to become the server's user:", err)
		}
	}
	o.run("initdb", "-D", o.dir+"/data", "-U", "perennial", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	rules := filepath.Join(o.dir, "data", "pg_hba.conf")
	trust, err := os.ReadFile(rules)
	if err == nil {
		err = os.WriteFile(rules, append([]byte("local all guarded scram-sha-256\n"), trust...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.dsn = "host=" + o.dir + " user=perennial dbname=postgres"
	o.start()
	t.Cleanup(func() { o.run("pg_ctl", "-D", o.dir+"/data", "-m", "immediate", "-w", "stop") })
	return o
}

func (o *ownServer) start() {
	o.run("pg_ctl", "-D", o.dir+"/data", "-w", "-t", "60", "-l", o.dir+"/log", "-o", "-c listen_addresses='' -c fsync=off -c unix_socket_directories="+o.dir, "start")
}

// kill ends the server as a crash does.
func (o *ownServer) kill() { o.run("pg_ctl", "-D", o.dir+"/data", "-m", "immediate", "-w", "stop") }

func (o *ownServer) run(program string, args ...string) {
	cmd := exec.Command(filepath.Join(o.bin, program), args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: o.user}
	var out *os.File // a pipe would be held open by the server
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		o.t.Errorf("%s %v: %v", program, args, err)
	}
}

// TestPullOfAMillionRows holds no more than its buffers.
func TestPullOfAMillionRows(t *testing.T) {
	if testing.Short() {
		t.Skip("pulls a million rows")
	}
	dsn := testServer(t)
	c := ordersOf(dsn, "SELECT 'c' || i % 50000 AS customer_id, i AS order_id, timestamptz '2025-01-01' + i * interval '10 seconds' AS ordered_at, i % 997 / 10.0 AS amount FROM generate_series(1, 1000000) i")
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			select {
			case <-stop:
				peak <- most
				return
			default:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
				runtime.Gosched()
			}
		}
	}()
	began := time.Now()
	got, err := Pull(t.Context(), c, day(t, "2026-01-01"), t.TempDir(), nil)
	close(stop)
	most := <-peak
	if err != nil {
		t.Fatal(err)
	}
	in, err := Survey(t.Context(), got)
	if err != nil || in.sources[0].files[0].rows != 1_000_000 {
		t.Fatalf("%v", err)
	}
	t.Logf("1,000,000 rows, %d MiB as csv, %d MiB as stored, in %.1f s; %d MiB of heap", in.sources[0].files[0].text>>20, in.sources[0].files[0].size>>20, time.Since(began).Seconds(), most>>20)
	if most > 128<<20 {
		t.Errorf("the pull held %d MiB", most>>20)
	}
}

func TestPlanOfPulls(t *testing.T) {
	dsn := testServer(t)
	s := schemaOn(t, dsn)
	sqlOn(t, dsn, "CREATE TABLE "+s+".o AS SELECT i AS order_id, timestamptz '2025-01-01' + i * interval '1 day' AS at FROM generate_series(1, 300) i", "ANALYZE "+s+".o")
	c, dir := ordersOf(dsn, "SELECT * FROM "+s+".o"), t.TempDir()
	c.Sources.Orders.Watermark, c.Sources.Orders.Key = "at", []string{"order_id"}
	plan := func(asOf string) (Config, string) {
		t.Helper()
		c, plans, err := PlanPulls(t.Context(), c, day(t, asOf), dir)
		if err != nil || len(plans) != 1 {
			t.Fatalf("%v: %v", plans, err)
		}
		return c, plans[0].String()
	}
	if c, got := plan("2025-11-01"); got != "orders: would pull everything, about 300 rows" || c.Sources.Orders.Postgres == "" {
		t.Errorf("%s", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "orders")); err == nil {
		t.Error("a plan has made a folder")
	}
	pulled(t, c, "2025-11-01", dir)
	if c, got := plan("2025-11-01"); got != "orders: pulled already" || len(c.Sources.Orders.Files) != 1 {
		t.Errorf("%s", got)
	}
	if _, got := plan("2025-11-02"); !strings.HasPrefix(got, "orders: would pull what changed since 2025-10-28 00:00:00+00 less the look-back, about 6") {
		t.Errorf("%s", got)
	}
}

func TestLiteral(t *testing.T) {
	for s, want := range map[string]string{"a": "'a'", "it's": "'it''s'", `\'; x`: ` E'\\''; x'`} {
		if got := literal(s); got != want {
			t.Errorf("%q is %s, want %s", s, got, want)
		}
	}
}

func TestLookbackText(t *testing.T) {
	var l Lookback
	if err := l.UnmarshalText([]byte("60d")); err != nil || l != (Lookback{60, true}) {
		t.Errorf("%v %v", l, err)
	}
	if text, err := l.MarshalText(); string(text) != "60d" || err != nil {
		t.Errorf("%s %v", text, err)
	}
	for _, bad := range []string{"", "7", "-1d", "7h", "9999d"} {
		if err := l.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is a look-back", bad)
		}
	}
	if got := fmt.Sprint((&Source{}).lookbackDays("orders"), (&Source{}).lookbackDays("engagements"), (&Source{Lookback: Lookback{0, true}}).lookbackDays("orders")); got != "60 7 0" {
		t.Errorf("look-backs are %s", got)
	}
}
