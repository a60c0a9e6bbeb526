// Package conformance holds no code: its tests run the programs of examples as
// a user does, and compare them and the packages behind them with the tools
// that they stand in for.
//
// The captures of testdata are always used. More are used when REEF_CAPTURES
// names a folder of them. A tool that is not in PATH skips its tests; with
// REEF_CONFORMANCE=require it fails them. Where reef and a tool differ on
// purpose, a rule in the test says why, and docs/differences.md explains it.
//
// A test asks for a tool by need, runs it by run, gets a program of examples by
// program and the captures by captures.
package conformance
