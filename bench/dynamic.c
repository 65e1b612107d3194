// SPDX-License-Identifier: MIT
/* What the exec cases run to measure a dynamically linked program. */
int main(void)
{
	return 0;
}
