// The programs of the lab's shop, and the two small servers that the lab itself needs.
module stanch.dev/lab/shop

go 1.24.0

require github.com/lib/pq v1.10.9
