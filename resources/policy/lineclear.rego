# A rule for the key `opa` of a capability document, to begin with.
#   opa run --server --addr 127.0.0.1:8181 lineclear.rego
#   opa: {url: http://127.0.0.1:8181/v1/data/lineclear/decision}
# It can only narrow what the document says; `allow` here allows nothing that the document does not.
package lineclear

import rego.v1

default decision := {"decision": "allow"}

decision := {"decision": "deny", "reason": "Refunds above 150 are made by hand"} if {
	amount > 150
} else := {"decision": "ask", "reason": "A refund above 40", "tier": 2} if {
	amount > 40
}

# Amounts are decimal strings, as money is.
amount := to_number(input.action.amount) if input.action.capability == "issue_refund"
