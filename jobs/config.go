package jobs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"perennial/features"
	"perennial/models/action"
	"perennial/pipeline/erasure"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

// Config is one shop's perennial.yaml. Every field but sources may be left out.
type Config struct {
	extract.Config `yaml:",inline"`

	Store     string         `yaml:"store"`     // folder, relative to the YAML file, or gs://bucket/prefix; default ./out
	Workspace string         `yaml:"workspace"` // folder to work in; default: the store, for gs:// ./work/<shop>
	Seed      uint64         `yaml:"seed"`      // of everything that is drawn; default 1
	MaxAge    features.Span  `yaml:"max_age"`   // how old the newest order may be before a night ends with exit code 66; default 7d
	Churn     Churn          `yaml:"churn"`
	Train     Train          `yaml:"train"`
	Publish   Publish        `yaml:"publish"`
	Catchup   Catchup        `yaml:"catchup"`  // latest (default) or all: what a night does about the nights before it that did not run
	Features  []features.Own `yaml:"features"` // of the shop's own: see below
	Recommend Recommend      `yaml:"recommend"`
	Actions   action.Config  `yaml:"actions"` // what a shop decides about actions: see below
	Preset    string         `yaml:"preset"`  // of sources.orders, written shorter

	location   *time.Location
	erasureKey erasure.Secret // from the environment; "" for the one in the store
}

// Churn says when silence counts as churn.
type Churn struct {
	HorizonDays Horizon `yaml:"horizon_days"` // of silence that count as churn, 1 to 730; default auto: the shortest of 30, 60, 90, 180 and 365 within which a shop's customers usually order again
}

// Horizon is a number of days; 0 is auto.
type Horizon int

// UnmarshalText reads a number of days or auto.
func (h *Horizon) UnmarshalText(text []byte) error {
	if string(text) == "auto" {
		*h = 0
		return nil
	}
	days, err := strconv.Atoi(string(text))
	if err != nil || days < 1 || days > 730 {
		return fmt.Errorf("churn horizon %q is not auto or 1 to 730 days", text)
	}
	*h = Horizon(days)
	return nil
}

// MarshalText writes a number of days or auto.
func (h Horizon) MarshalText() ([]byte, error) {
	if h == 0 {
		return []byte("auto"), nil
	}
	return strconv.AppendInt(nil, int64(h), 10), nil
}

// Train says when and on what models are trained.
type Train struct {
	Every   features.Span `yaml:"every"`    // how long models stay in office before they are trained again; default 7d
	Cutoffs int           `yaml:"cutoffs"`  // days of the past that each question trains on; default 6
	MaxRows int           `yaml:"max_rows"` // to train on, of all cutoffs together, those of last year apart; default 300,000
	Guests  *bool         `yaml:"guests"`   // whether golearn's learners compete too; default true
}

// Publish says how long published scores are kept. A night deletes nothing; gc does.
type Publish struct {
	Keep int `yaml:"keep"` // newest commits whose scores gc leaves, beside everything younger than 30 days; default 14
}

// Recommend says what may be recommended.
type Recommend struct {
	Exclude []string `yaml:"exclude"` // product ids or patterns as gift_*, for postage, fees and vouchers
}

// Load reads the YAML file at name. ${VAR} is replaced from the environment
// env, such as os.LookupEnv. Unknown keys, secrets written out and values that
// make no sense are errors that say where.
func Load(name string, env func(string) (string, bool)) (Config, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, configError(fmt.Errorf("%s does not exist (make one with: perennial init orders.csv)", name))
	}
	if err != nil {
		return Config{}, err
	}
	cfg, err := parse(text, env)
	if err != nil {
		return Config{}, configError(fmt.Errorf("%s: %w", name, err))
	}
	cfg.BaseDir = filepath.Dir(name)
	key, _ := env(erasure.Variable)
	cfg.erasureKey = erasure.Secret(key)
	cfg.place()
	return cfg, nil
}

// place settles where store and workspace are; an empty workspace is the store's
// own folder.
func (c *Config) place() {
	elsewhere := strings.Contains(c.Store, "://")
	if !elsewhere && !filepath.IsAbs(c.Store) {
		c.Store = filepath.Join(c.BaseDir, c.Store)
	}
	switch {
	case c.Workspace != "" && !filepath.IsAbs(c.Workspace):
		c.Workspace = filepath.Join(c.BaseDir, c.Workspace)
	case c.Workspace == "" && elsewhere:
		c.Workspace = filepath.Join(c.BaseDir, "work", c.Shop)
	}
}

// object names an object of the store for a person.
func (c *Config) object(key string) string { return strings.TrimSuffix(c.Store, "/") + "/" + key }

// parse decodes and checks the text of a config.
func parse(text []byte, env func(string) (string, bool)) (Config, error) {
	if err := refuseSecrets(text); err != nil {
		return Config{}, err
	}
	text, values, err := expand(text, env)
	if err != nil {
		return Config{}, err
	}
	var cfg Config
	decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := decoder.Decode(&cfg); err != nil && !errors.Is(err, io.EOF) {
		return Config{}, errors.New(values.Replace(strings.TrimSpace(yaml.FormatError(err, false, true))))
	}
	return cfg.withDefaults()
}

func (c Config) withDefaults() (Config, error) {
	c.Shop = cmp.Or(c.Shop, "shop")
	c.Store = cmp.Or(c.Store, "./out")
	c.Seed = cmp.Or(c.Seed, 1)
	c.MaxAge = cmp.Or(c.MaxAge, 7)
	c.Train.Every = cmp.Or(c.Train.Every, 7)
	c.Train.Cutoffs = cmp.Or(c.Train.Cutoffs, 6)
	c.Train.MaxRows = cmp.Or(c.Train.MaxRows, 300_000)
	c.Publish.Keep = cmp.Or(c.Publish.Keep, 14)
	c.Catchup = cmp.Or(c.Catchup, CatchupLatest)
	c.Timezone = cmp.Or(c.Timezone, "UTC")
	if c.Preset != "" && c.Sources.Orders.Preset == "" && c.Sources.Orders.SQL == "" {
		c.Sources.Orders.Preset = c.Preset
	}
	c.Actions.Currency = c.Currency
	location, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return c, fmt.Errorf("timezone %q is not known (use a name such as Europe/London)", c.Timezone)
	}
	c.location = location
	switch {
	case c.Train.Cutoffs < 1:
		return c, fmt.Errorf("train: cutoffs %d (use at least 1)", c.Train.Cutoffs)
	case c.Train.MaxRows < 1000:
		return c, fmt.Errorf("train: max_rows %d (use at least 1000)", c.Train.MaxRows)
	case c.Catchup != CatchupLatest && c.Catchup != CatchupAll:
		return c, fmt.Errorf("catchup: %q (use latest or all)", c.Catchup)
	case c.Publish.Keep < 1:
		return c, fmt.Errorf("publish: keep %d (use at least 1)", c.Publish.Keep)
	}
	for _, pattern := range c.Recommend.Exclude {
		if _, err := path.Match(pattern, ""); err != nil {
			return c, fmt.Errorf("recommend: exclude: %q is not a pattern: %w", pattern, err)
		}
	}
	if _, err := features.NewSet(history.Vocabulary{}, c.Features); err != nil {
		return c, err
	}
	if _, err := action.New(c.Actions); err != nil {
		return c, err
	}
	return c, nil
}

// Today returns the shop's calendar day at now.
func (c *Config) Today(now time.Time) history.Day {
	return history.DayOf(now.In(c.location))
}

// Hash identifies every choice of the config that can change a score. Where
// the store is and how much memory is used can not.
func (c *Config) Hash() string {
	choices := *c
	choices.Store, choices.Workspace, choices.MemoryLimit, choices.Threads, choices.SpillDir, choices.BaseDir = "", "", "", 0, "", ""
	choices.Limits, choices.Postgres, choices.Catchup, choices.location = extract.Limits{}, extract.Postgres{}, "", nil
	text, err := json.Marshal(choices)
	if err != nil {
		panic("jobs: a config is plain data: " + err.Error())
	}
	return shortHash(text)
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand replaces ${VAR}. A value of several lines could change the meaning of
// the YAML around it and is refused. names puts ${VAR} back where a message shows
// the lines that it was written on: the value may be a secret.
func expand(text []byte, env func(string) (string, bool)) (expanded []byte, names *strings.Replacer, failure error) {
	var values []string
	lines := bytes.Split(text, []byte("\n"))
	for n, line := range lines {
		if bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			continue // a comment needs no environment
		}
		lines[n] = variable.ReplaceAllFunc(line, func(match []byte) []byte {
			name := string(match[2 : len(match)-1])
			value, ok := env(name)
			switch {
			case !ok && failure == nil:
				failure = fmt.Errorf("line %d: ${%s} is not set in the environment (export %s, or write the value)", n+1, name, name)
			case strings.ContainsAny(value, "\r\n") && failure == nil:
				failure = fmt.Errorf("line %d: the value of ${%s} has more than one line", n+1, name)
			case value != "":
				values = append(values, value, string(match))
			}
			return []byte(value)
		})
	}
	return bytes.Join(lines, []byte("\n")), strings.NewReplacer(values...), failure
}

// secrets are passwords written out: user:password@ in an address, or
// password=… in a connection string, unless the value is a variable.
var secrets = regexp.MustCompile(`(?i)(://[^/\s:@$]+:[^@\s$][^@\s]*@|\b(password|passwd|secret|token|api_key)\s*[=:]\s*['"]?[^\s'"$])`)

// refuseSecrets finds the line of a secret that stands in the YAML itself.
func refuseSecrets(text []byte) error {
	for n, line := range bytes.Split(text, []byte("\n")) {
		if before, _, commented := bytes.Cut(line, []byte("#")); commented {
			line = before
		}
		if secrets.Match(line) {
			return fmt.Errorf("line %d holds a secret (put it into the environment and write ${VAR} here)", n+1)
		}
	}
	return nil
}
