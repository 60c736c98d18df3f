// Package deploy holds the tests of what people deploy with: docker-compose.yml
// and the chart. They are read by the loaders of the real tools, and held against
// the variables and ports that the programs have.
package deploy
