// main.c in Go, through cgo.
package main

/*
#cgo CFLAGS: -I${SRCDIR}
#cgo LDFLAGS: ${SRCDIR}/simple_model.so -Wl,-rpath,${SRCDIR}
#include "simple_model.h"
*/
import "C"

import (
	"fmt"
	"math"
	"os"
)

const (
	samples = 1000
	batch   = 32
	width   = 5
	epochs  = 10
)

func makeData() (inputs, targets []C.float) {
	state := uint32(1)
	for i := 0; i < samples*width; i++ {
		state = state*1664525 + 1013904223
		inputs = append(inputs, C.float(state>>8)/8388608-1)
	}
	for i := 0; i < samples; i++ {
		row := inputs[i*width : (i+1)*width]
		for j := range row {
			mean := 0.5 * (row[j] + row[(j+1)%width])
			if mean < 0 {
				mean = 0
			}
			targets = append(targets, mean)
		}
	}
	return inputs, targets
}

func check(status C.mlc_status, model *C.simple_model) {
	if status != C.MLC_OK {
		fmt.Fprintln(os.Stderr, C.GoString(C.simple_model_last_error(model)))
		os.Exit(1)
	}
}

func printBits(name string, value C.float) {
	fmt.Printf("%s %08x\n", name, math.Float32bits(float32(value)))
}

func main() {
	inputs, targets := makeData()
	var model *C.simple_model
	check(C.simple_model_create(nil, &model), nil)
	defer C.simple_model_destroy(model)
	for epoch := 0; epoch < epochs; epoch++ {
		var loss C.float
		for first := 0; first < samples; first += batch {
			count := batch
			if samples-first < batch {
				count = samples - first
			}
			at := first * width
			check(C.simple_model_fit(model, &inputs[at], &targets[at], C.int64_t(count), &loss), model)
		}
		printBits("loss", loss)
	}
	var output [2 * width]C.float
	check(C.simple_model_predict(model, &inputs[0], 2, &output[0]), model)
	for _, y := range output {
		printBits("y", y)
	}
}
