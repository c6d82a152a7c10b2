// Command perennial scores a shop's customers every night.
package main

func main() {}
