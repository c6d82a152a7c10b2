package command

import (
	"fmt"
	"os"

	"perennial/models/golearn"
	"perennial/pipeline/extract"
)

// ServeChild is the life of the processes of this program in which liblinear
// trains and files of others are read; child is false in any other process. Every
// program whose commands train or extract calls it first, with os.Args.
func ServeChild(args []string) (code int, child bool) {
	if len(args) < 2 {
		return 0, false
	}
	var err error
	switch args[1] {
	case golearn.ChildCommand:
		err = golearn.ServeChild(os.Stdin, os.Stdout)
	case extract.ChildCommand:
		err = extract.ServeChild(os.Stdin, os.Stdout)
	default:
		return 0, false
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return ExitBug, true
	}
	return ExitDone, true
}
