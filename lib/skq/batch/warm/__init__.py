"""Warm kernels: every notebook in a fresh process, forked from one parent that has imported the libraries already.

`provisioner` is what Jupyter sees, `owner` starts and asks the parent, `parent` forks, `child` becomes the kernel,
`preload` is what is warm, `spec` the kernelspec for papermill, JupyterLab and `jupyter execute`.
"""
