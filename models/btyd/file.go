package btyd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

const (
	fitFormat   = "perennial customer-base model"
	spendFormat = "perennial gamma-gamma"
	fileVersion = 1
	fileLimit   = 1 << 20 // bounds what is read into memory: hundreds of covariates
)

// fitFile is the JSON document of a Fit. Theta, whose covariance is given, are
// the logarithms of the parameters without k, and the coefficients as they are.
type fitFile struct {
	Format        string      `json:"format"`
	Version       int         `json:"version"`
	Family        Family      `json:"family"`
	UnitDays      float64     `json:"unit_days"`
	Regularity    int         `json:"k"`
	Parameters    []Parameter `json:"parameters"` // for people; Theta is read
	Theta         []float64   `json:"theta"`
	Covariance    [][]float64 `json:"covariance"`
	Covariates    []string    `json:"covariates,omitempty"`
	Status        Status      `json:"status"`
	Iterations    int         `json:"iterations"`
	Customers     int         `json:"customers"`
	LogLikelihood float64     `json:"log_likelihood"`
}

// spendFile is the JSON document of a SpendFit.
type spendFile struct {
	Format        string      `json:"format"`
	Version       int         `json:"version"`
	Parameters    []Parameter `json:"parameters"` // for people; Theta is read
	Theta         []float64   `json:"theta"`
	Covariance    [][]float64 `json:"covariance"`
	Mean          float64     `json:"mean_value"`
	Ceiling       float64     `json:"mean_value_ceiling"` // 0 in older files: none
	Correlation   float64     `json:"correlation"`
	Status        Status      `json:"status"`
	Customers     int         `json:"customers"`
	LogLikelihood float64     `json:"log_likelihood"`
}

// Write saves the fit as indented JSON, the unit of time with it. Floats are
// written so that Read gives the same bits.
func (f *Fit) Write(w io.Writer) error {
	return encode(w, fitFile{
		fitFormat, fileVersion, f.model.Family(), f.unitDays, regularityOf(f.model), f.model.Parameters(),
		f.theta, rowsOf(f.covariance), f.covariates, f.status, f.iterations, f.customers, f.logLikelihood,
	})
}

// Write saves the fit as indented JSON.
func (f *SpendFit) Write(w io.Writer) error {
	return encode(w, spendFile{
		spendFormat, fileVersion, f.model.Parameters(), f.theta, rowsOf(f.covariance), f.model.mean, f.model.ceiling,
		f.correlation, f.status, f.customers, f.logLikelihood,
	})
}

func encode(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("btyd: write model: %w", err)
	}
	return nil
}

// Read reads what Fit.Write wrote. Another format or version, a truncated or
// altered file that cannot be a fit, or one above 1 MiB is an error.
func Read(r io.Reader) (*Fit, error) {
	var f fitFile
	err := decode(r, &f)
	if err == nil {
		err = f.validate()
	}
	if err != nil {
		return nil, fmt.Errorf("btyd: read model: %w", err)
	}
	fit := &Fit{
		status: f.Status, unitDays: f.UnitDays, customers: f.Customers, iterations: f.Iterations,
		logLikelihood: f.LogLikelihood, theta: f.Theta, covariance: symmetric(f.Covariance), covariates: f.Covariates,
	}
	free := len(f.Theta) - len(f.Covariates)*len(effectsOf(f.Family))
	fit.model = build(f.Family, f.Regularity, exponentials(f.Theta[:free]))
	return fit, nil
}

// ReadSpend reads what SpendFit.Write wrote, as strictly as Read.
func ReadSpend(r io.Reader) (*SpendFit, error) {
	var f spendFile
	err := decode(r, &f)
	if err == nil {
		err = f.validate()
	}
	if err != nil {
		return nil, fmt.Errorf("btyd: read order values: %w", err)
	}
	p := exponentials(f.Theta)
	return &SpendFit{
		model:  GammaGamma{p: p[0], q: p[1], gamma: p[2], mean: f.Mean, ceiling: f.Ceiling},
		status: f.Status, customers: f.Customers, logLikelihood: f.LogLikelihood,
		correlation: f.Correlation, theta: f.Theta, covariance: symmetric(f.Covariance),
	}, nil
}

func decode(r io.Reader, document any) error {
	decoder := json.NewDecoder(io.LimitReader(r, fileLimit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(document); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("something follows the model, or it is too long")
	}
	return nil
}

func (f *fitFile) validate() error {
	if err := validateFit(f.Format, fitFormat, f.Version, f.Status, f.Customers, f.Theta, f.Covariance); err != nil {
		return err
	}
	names, err := parameterNames(f.Family)
	if err != nil {
		return err
	}
	regular := names[0] == "k"
	free := len(names)
	if regular {
		free--
	}
	if err := checkUnit(f.UnitDays); err != nil {
		return err
	}
	switch {
	case f.Regularity < 1 || f.Regularity > maxRegularity || !regular && f.Regularity > 1:
		return fmt.Errorf("k is %d", f.Regularity)
	case len(f.Covariates) > 0 && effectsOf(f.Family) == nil:
		return errNoCovariates
	case len(f.Theta) != free+len(f.Covariates)*len(effectsOf(f.Family)):
		return fmt.Errorf("theta has %d numbers", len(f.Theta))
	case f.Iterations < 0:
		return fmt.Errorf("%d iterations", f.Iterations)
	}
	return validateParameters(f.Parameters, build(f.Family, f.Regularity, exponentials(f.Theta[:free])).Parameters())
}

func (f *spendFile) validate() error {
	if err := validateFit(f.Format, spendFormat, f.Version, f.Status, f.Customers, f.Theta, f.Covariance); err != nil {
		return err
	}
	switch {
	case len(f.Theta) != 3:
		return fmt.Errorf("theta has %d numbers", len(f.Theta))
	case !(f.Mean > 0) || !(f.Ceiling >= 0) || math.Abs(f.Correlation) > 1+1e-9:
		return errors.New("mean value or correlation is out of range")
	}
	p := exponentials(f.Theta)
	return validateParameters(f.Parameters, GammaGamma{p: p[0], q: p[1], gamma: p[2]}.Parameters())
}

// validateParameters checks that what people read is what is computed with. Not to
// the last bit: another machine's exp may round otherwise.
func validateParameters(got, want []Parameter) error {
	same := slices.EqualFunc(got, want, func(g, w Parameter) bool {
		return g.Name == w.Name && math.Abs(g.Value-w.Value) <= 1e-12*w.Value
	})
	if !same {
		return errors.New("parameters are not those of theta (change neither, or fit again)")
	}
	return nil
}

func validateFit(format, wantFormat string, version int, status Status, customers int, theta []float64, covariance [][]float64) error {
	switch {
	case format != wantFormat:
		return fmt.Errorf("format is %q, not %q", format, wantFormat)
	case version != fileVersion:
		return fmt.Errorf("version is %d; this program reads %d (fit the model again)", version, fileVersion)
	case status != Converged && status != Boundary && status != Limit:
		return fmt.Errorf("status is %q", status)
	case customers < 1:
		return fmt.Errorf("%d customers", customers)
	case len(covariance) != len(theta):
		return fmt.Errorf("covariance has %d rows for %d numbers", len(covariance), len(theta))
	}
	for i, row := range covariance {
		if len(row) != len(theta) {
			return fmt.Errorf("row %d of the covariance has %d cells", i, len(row))
		}
		for j := range row {
			if math.Abs(row[j]) > covarianceLimit || i == j && row[j] < 0 || j < i && row[j] != covariance[j][i] {
				return fmt.Errorf("covariance of %d and %d is %v", i, j, row[j])
			}
		}
	}
	return nil
}

// covarianceLimit is above what a fit can give: directions that are vaguer have
// no covariance.
const covarianceLimit = 1e6

func regularityOf(m Model) int {
	if b, ok := m.(betaGeometric); ok {
		return b.k
	}
	return 1
}

func rowsOf(m *mat.SymDense) [][]float64 {
	n := m.SymmetricDim()
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, n)
		for j := range rows[i] {
			rows[i][j] = m.At(i, j)
		}
	}
	return rows
}

func symmetric(rows [][]float64) *mat.SymDense {
	m := mat.NewSymDense(len(rows), nil)
	for i := range rows {
		for j := i; j < len(rows); j++ {
			m.SetSym(i, j, rows[i][j])
		}
	}
	return m
}
