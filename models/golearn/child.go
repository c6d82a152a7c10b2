package golearn

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/sjwhitworth/golearn/base"
	"github.com/sjwhitworth/golearn/linear_models"
)

// ChildCommand is the first argument of the child process that trains
// liblinear.
const ChildCommand = "golearn-liblinear-child"

// childMark is set in the child's environment, so that a program that does not
// know ChildCommand cannot start children of children.
const childMark = "GOLEARN_LIBLINEAR_CHILD=1"

// header starts the child's input, little-endian. Rows follow: the label, then
// the features, float64 each.
type header struct {
	Rows, Columns int64
	C, Tolerance  float64
}

// problem is what the child is to solve; row fills dst with the features of row
// r and returns its label, 0 or 1.
type problem struct {
	header header
	row    func(dst []float64, r int) (label float64)
}

// trainInChild returns one weight per column.
func trainInChild(ctx context.Context, p problem) ([]float64, error) {
	if marked() {
		return nil, fmt.Errorf("this process is itself a child (main must call golearn.ServeChild when its first argument is %q)", ChildCommand)
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program to run as a child: %w", err)
	}
	cmd := exec.CommandContext(ctx, program, ChildCommand)
	cmd.Env = append(os.Environ(), childMark, "GODEBUG="+withoutPointerCheck(os.Getenv("GODEBUG")))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("child: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start child: %w", err)
	}
	sendErr := p.send(stdin)
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case waitErr != nil:
		return nil, fmt.Errorf("child: %w: %s", waitErr, lastLine(stderr.String()))
	case sendErr != nil:
		return nil, fmt.Errorf("send rows to child: %w", sendErr)
	}
	w, err := parseWeights(&stdout, int(p.header.Columns))
	if err != nil {
		return nil, fmt.Errorf("child's answer: %w (does main call golearn.ServeChild for %q?)", err, ChildCommand)
	}
	return w, nil
}

// withoutPointerCheck adds the one setting under which liblinear trains.
func withoutPointerCheck(godebug string) string {
	const setting = "cgocheck=0"
	if godebug == "" {
		return setting
	}
	return godebug + "," + setting
}

func marked() bool {
	name, value, _ := strings.Cut(childMark, "=")
	return os.Getenv(name) == value
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// send writes p and closes w, without which the child would wait for ever.
func (p *problem) send(w io.WriteCloser) error {
	defer w.Close() // Flush has returned every error that matters
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := binary.Write(buffered, binary.LittleEndian, p.header); err != nil {
		return err
	}
	row := make([]float64, 1+p.header.Columns)
	for r := range int(p.header.Rows) {
		row[0] = p.row(row[1:], r)
		if err := binary.Write(buffered, binary.LittleEndian, row); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

// ServeChild is the whole life of the child process: it reads a problem, trains
// liblinear and writes liblinear's model text. main calls it with the process's
// own stdin and stdout when the first argument is ChildCommand, prints an error to
// stderr and exits with a status other than 0.
func ServeChild(stdin io.Reader, stdout io.Writer) error {
	if !strings.HasSuffix(os.Getenv("GODEBUG"), "cgocheck=0") {
		return fmt.Errorf("golearn: %s: GODEBUG does not end with cgocheck=0 (only golearn's own Fit starts this command)", ChildCommand)
	}
	h, x, y, err := receive(stdin)
	if err != nil {
		return fmt.Errorf("golearn: %s: read problem: %w", ChildCommand, err)
	}
	base.SetLoggerOut(io.Discard) // liblinear's progress would go to stdout
	parameter := linear_models.NewParameter(linear_models.L2R_LR, h.C, h.Tolerance)
	const noBias = -1 // a positive one would put nodes of index 0 into the rows
	model := linear_models.Train(linear_models.NewProblem(x, y, noBias), parameter)
	if err := export(stdout, model); err != nil {
		return fmt.Errorf("golearn: %s: export model: %w", ChildCommand, err)
	}
	return nil
}

// export copies the model text by way of a file, the only thing liblinear writes
// to.
func export(w io.Writer, model *linear_models.Model) error {
	file, err := os.CreateTemp("", "liblinear-*.model")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := linear_models.Export(model, file.Name()); err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return err
}

// receive reads what send wrote.
func receive(r io.Reader) (h header, x [][]float64, y []float64, err error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if err := binary.Read(buffered, binary.LittleEndian, &h); err != nil {
		return h, nil, nil, fmt.Errorf("header: %w", err)
	}
	const most = 1 << 31 // liblinear counts in 32 bits
	if h.Rows < 1 || h.Columns < 1 || h.Rows >= most || h.Columns >= most {
		return h, nil, nil, fmt.Errorf("%d rows of %d columns", h.Rows, h.Columns)
	}
	for r := range h.Rows {
		row := make([]float64, 1+h.Columns)
		if err := binary.Read(buffered, binary.LittleEndian, row); err != nil {
			return h, nil, nil, fmt.Errorf("row %d of %d: %w", r, h.Rows, err)
		}
		x, y = append(x, row[1:]), append(y, row[0])
	}
	return h, x, y, nil
}
